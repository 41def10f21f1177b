/** What was observed against the ledger, and what to correct. */
@NullMarked
package dev.vpccni.ipam.reconcile;

import org.jspecify.annotations.NullMarked;
