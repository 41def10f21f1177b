/** Kernel parameters below /proc/sys. */
@NullMarked
package dev.vpccni.linux.sysctl;

import org.jspecify.annotations.NullMarked;
