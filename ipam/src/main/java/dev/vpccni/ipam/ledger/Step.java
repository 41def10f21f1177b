package dev.vpccni.ipam.ledger;

/**
 * What a command made of a ledger.
 *
 * @param ledger the ledger from now on; the very same object if nothing changed
 * @param outcome what to tell whoever gave the command
 */
public record Step(Ledger ledger, Outcome outcome) {}
