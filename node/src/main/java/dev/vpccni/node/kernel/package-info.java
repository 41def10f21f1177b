/** The kernel as procedures see it: the node's own part of it, and the ledger's words for it. */
@NullMarked
package dev.vpccni.node.kernel;

import org.jspecify.annotations.NullMarked;
