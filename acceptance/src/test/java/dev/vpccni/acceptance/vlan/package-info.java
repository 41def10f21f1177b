/** Pods with branch interfaces, in a kernel that has VLAN devices. */
@NullMarked
package dev.vpccni.acceptance.vlan;

import org.jspecify.annotations.NullMarked;
