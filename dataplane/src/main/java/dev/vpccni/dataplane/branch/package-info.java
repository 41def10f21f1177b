/** Pods with network interfaces of their own, recognised by what the kernel holds. Pure. */
@NullMarked
package dev.vpccni.dataplane.branch;

import org.jspecify.annotations.NullMarked;
