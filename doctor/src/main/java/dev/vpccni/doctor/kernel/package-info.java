/** Checks of the kernel's parameters, links, rules and tables. */
@NullMarked
package dev.vpccni.doctor.kernel;

import org.jspecify.annotations.NullMarked;
