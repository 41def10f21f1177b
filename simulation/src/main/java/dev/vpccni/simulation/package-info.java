/** Runs the daemon's own procedures in a time and an order that a seed decides. */
@NullMarked
package dev.vpccni.simulation;

import org.jspecify.annotations.NullMarked;
