/** What all targets share: kept inputs, and ways to damage them. */
@NullMarked
package dev.vpccni.fuzz;

import org.jspecify.annotations.NullMarked;
