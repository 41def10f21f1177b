/** Whether the kernel, metadata and EC2 are as the ledger says, and its correction if not. */
@NullMarked
package dev.vpccni.node.watch;

import org.jspecify.annotations.NullMarked;
