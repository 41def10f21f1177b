/** What on a host breaks the data plane: a list of checks, and what they found. Pure. */
@NullMarked
package dev.vpccni.doctor;

import org.jspecify.annotations.NullMarked;
