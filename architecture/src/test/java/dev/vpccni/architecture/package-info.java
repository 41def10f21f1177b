/** The rules of {@code docs/architecture.md}, enforced. */
@NullMarked
package dev.vpccni.architecture;

import org.jspecify.annotations.NullMarked;
