/**
 * The packet filter: which of the two the node uses, what is ours in it, and the programs that
 * write it.
 */
@NullMarked
package dev.vpccni.host.filter;

import org.jspecify.annotations.NullMarked;
