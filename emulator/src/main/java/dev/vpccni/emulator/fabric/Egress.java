package dev.vpccni.emulator.fabric;

/** Where a subnet's route table leads what is for the internet. */
public enum Egress {
    /** To the internet gateway, which knows instances with a public address only. */
    INTERNET_GATEWAY,
    /** To the NAT gateway, which lends its own public address to everyone. */
    NAT_GATEWAY
}
