/**
 * What the promises cost, beside the floor: whole programs from exec to exit, a daemon at rest, a
 * burst of pods. The lab is driven by its command line, as a stranger would.
 */
@NullMarked
package dev.vpccni.benchmarks;

import org.jspecify.annotations.NullMarked;
