/** EC2 and metadata as simulated daemons reach them, with everything that may go wrong. */
@NullMarked
package dev.vpccni.simulation.cloud;

import org.jspecify.annotations.NullMarked;
