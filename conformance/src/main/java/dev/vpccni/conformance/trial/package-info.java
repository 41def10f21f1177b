/** How each requirement is tried. */
@NullMarked
package dev.vpccni.conformance.trial;

import org.jspecify.annotations.NullMarked;
