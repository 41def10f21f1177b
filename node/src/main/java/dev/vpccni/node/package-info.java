/** The procedures that keep a node's addresses and wire its pods, put together in stages. */
@NullMarked
package dev.vpccni.node;

import org.jspecify.annotations.NullMarked;
