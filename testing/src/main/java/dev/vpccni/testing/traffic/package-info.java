/** Steady traffic between network namespaces, and what of it is lost. */
@NullMarked
package dev.vpccni.testing.traffic;

import org.jspecify.annotations.NullMarked;
