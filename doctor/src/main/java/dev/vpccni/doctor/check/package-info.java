/** What a check is, what it compares with, and what it says. */
@NullMarked
package dev.vpccni.doctor.check;

import org.jspecify.annotations.NullMarked;
