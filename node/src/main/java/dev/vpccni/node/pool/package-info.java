/** The addresses that lie ready for pods: how many there should be, and why there are none. */
@NullMarked
package dev.vpccni.node.pool;

import org.jspecify.annotations.NullMarked;
