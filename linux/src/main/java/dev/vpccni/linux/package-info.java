/** The Linux kernel through system calls: usable without knowing what a pod is. */
@NullMarked
package dev.vpccni.linux;

import org.jspecify.annotations.NullMarked;
