/** Who asks a node for addresses: runtimes with their habits, and upstream's plugin. */
@NullMarked
package dev.vpccni.simulation.workload;

import org.jspecify.annotations.NullMarked;
