/** The packet filter, as far as the kernel tells of it by itself. */
@NullMarked
package dev.vpccni.linux.netfilter;

import org.jspecify.annotations.NullMarked;
