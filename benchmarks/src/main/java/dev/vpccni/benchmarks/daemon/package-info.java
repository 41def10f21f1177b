/** The daemon as a benchmark sees it: what its process has of the machine, and how it is called. */
@NullMarked
package dev.vpccni.benchmarks.daemon;

import org.jspecify.annotations.NullMarked;
