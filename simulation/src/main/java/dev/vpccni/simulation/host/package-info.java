/** What an instance has besides EC2: its kernel, its disk, and a daemon most of the time. */
@NullMarked
package dev.vpccni.simulation.host;

import org.jspecify.annotations.NullMarked;
