/**
 * Speaking with the node's kernel: threads and sockets, steps and how to undo them, values both
 * ways.
 */
@NullMarked
package dev.vpccni.host.kernel;

import org.jspecify.annotations.NullMarked;
