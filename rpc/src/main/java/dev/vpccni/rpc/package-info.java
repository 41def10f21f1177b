/** Upstream's gRPC services over the procedures of {@code dev.vpccni.node}. */
@NullMarked
package dev.vpccni.rpc;

import org.jspecify.annotations.NullMarked;
