/** Requests to the kernel over netlink sockets, each with its own acknowledgement. */
@NullMarked
package dev.vpccni.linux.netlink;

import org.jspecify.annotations.NullMarked;
