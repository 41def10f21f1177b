package dev.vpccni.ipam.ledger;

import dev.vpccni.model.Ipv4Address;

/** A secondary address of an interface and what becomes of it. */
public record Slot(Ipv4Address address, AddressUse use) {}
