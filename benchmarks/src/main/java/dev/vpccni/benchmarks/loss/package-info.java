/** What becomes of steady traffic while a living node is changed. */
@NullMarked
package dev.vpccni.benchmarks.loss;

import org.jspecify.annotations.NullMarked;
