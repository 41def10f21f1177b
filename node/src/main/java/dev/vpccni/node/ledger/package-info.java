/** The ledger and its only writer: restored at the start, and written before anyone is told. */
@NullMarked
package dev.vpccni.node.ledger;

import org.jspecify.annotations.NullMarked;
