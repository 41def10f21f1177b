/** The simulation's time: tasks that take turns, in an order that a seed decides. */
@NullMarked
package dev.vpccni.simulation.time;

import org.jspecify.annotations.NullMarked;
