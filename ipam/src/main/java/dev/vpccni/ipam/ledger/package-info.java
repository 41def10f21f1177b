/** Who has which address: commands over an immutable ledger, and their outcomes. */
@NullMarked
package dev.vpccni.ipam.ledger;

import org.jspecify.annotations.NullMarked;
