package dev.vpccni.doctor.cluster.seen;

/**
 * kube-proxy's configuration.
 *
 * @param source the ConfigMap, as namespace and name
 * @param mode empty for its own choice, which is iptables
 * @param masqueradeBit of the packet mark
 * @param clusterCidr what it takes for pods' addresses; may be empty
 */
public record SeenProxy(String source, String mode, int masqueradeBit, String clusterCidr) {

    private static final int MASQUERADE_BIT = 14;

    /**
     * Reads the configuration, of which a few values at the beginning of their lines are enough.
     *
     * @param text KubeProxyConfiguration in YAML
     */
    public static SeenProxy parse(String source, String text) {
        String mode = "";
        String cidr = "";
        String section = "";
        int ofIptables = MASQUERADE_BIT;
        int ofNftables = MASQUERADE_BIT;
        for (String line : text.lines().toList()) {
            if (line.matches("[A-Za-z]+:.*")) {
                section = line.substring(0, line.indexOf(':'));
                mode = section.equals("mode") ? value(line) : mode;
                cidr = section.equals("clusterCIDR") ? value(line) : cidr;
            } else if (line.matches("\\s+masqueradeBit:\\s*\\d{1,2}\\s*")) {
                int bit = Integer.parseInt(value(line));
                ofIptables = section.equals("iptables") ? bit : ofIptables;
                ofNftables = section.equals("nftables") ? bit : ofNftables;
            }
        }
        return new SeenProxy(source, mode, mode.equals("nftables") ? ofNftables : ofIptables, cidr);
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1).replaceFirst("\\s#.*", "").trim();
        boolean quoted = value.matches("\"[^\"]*\"|'[^']*'");
        return quoted ? value.substring(1, value.length() - 1) : value.equals("null") ? "" : value;
    }
}
