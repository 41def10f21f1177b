package dev.vpccni.dataplane.firewall;

/** Which of the kernel's two packet filters a node's iptables(8) programs speak to. */
public enum Backend {
    /** The old one, ip_tables: connection marks are iptables rules too. */
    LEGACY,
    /** nf_tables: connection marks are an nft table of their own. */
    NFT;

    /**
     * Reads what {@code iptables --version} prints, such as {@code iptables v1.8.9 (legacy)}.
     * Whatever does not say legacy is taken for nf_tables, as upstream does.
     */
    public static Backend of(String version) {
        return version.contains("legacy") ? LEGACY : NFT;
    }
}
