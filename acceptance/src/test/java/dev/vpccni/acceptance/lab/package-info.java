/** The lab that a test has to itself, what acts in it, and what looks at it. */
@NullMarked
package dev.vpccni.acceptance.lab;

import org.jspecify.annotations.NullMarked;
