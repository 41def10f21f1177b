/** What the procedures have decided lately, and why. */
@NullMarked
package dev.vpccni.node.explanation;

import org.jspecify.annotations.NullMarked;
