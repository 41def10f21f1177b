/** The host-network port of {@code dev.vpccni.node} on a Linux kernel. */
@NullMarked
package dev.vpccni.host;

import org.jspecify.annotations.NullMarked;
