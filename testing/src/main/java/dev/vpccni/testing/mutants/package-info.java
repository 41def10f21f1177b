/** What PIT needs of class files, and what it found beside what was said of it. */
@NullMarked
package dev.vpccni.testing.mutants;

import org.jspecify.annotations.NullMarked;
