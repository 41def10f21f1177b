package dev.vpccni.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What kube-proxy writes for one service with one endpoint, of both protocols, as it lies in the
 * kernel: a cluster address, and two ports of every node, of which one wants the client's address
 * kept ({@code externalTrafficPolicy: Local}).
 */
final class KubeProxy {

    static final String CLUSTER_ADDRESS = "10.96.0.1";
    static final int PORT = 7;
    static final int NODE_PORT = 30_000;
    static final int NODE_PORT_LOCAL = 30_001;

    /** With 0x4000, by which it knows what it is to give the node's address. */
    private static final String IPTABLES =
            """
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-SVC-TCP - [0:0]
            :KUBE-SEP-TCP - [0:0]
            :KUBE-EXT-TCP - [0:0]
            -I PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -I OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -I POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
            -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
            -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 7 -j KUBE-SVC-TCP
            -A KUBE-SERVICES -d 10.96.0.1/32 -p udp -m udp --dport 7 -j KUBE-SVC-TCP
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30000 -j KUBE-EXT-TCP
            -A KUBE-NODEPORTS -p udp -m udp --dport 30000 -j KUBE-EXT-TCP
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30001 -j KUBE-SVC-TCP
            -A KUBE-NODEPORTS -p udp -m udp --dport 30001 -j KUBE-SVC-TCP
            -A KUBE-EXT-TCP -j KUBE-MARK-MASQ
            -A KUBE-EXT-TCP -j KUBE-SVC-TCP
            -A KUBE-SVC-TCP -j KUBE-SEP-TCP
            -A KUBE-SEP-TCP -s ENDPOINT/32 -j KUBE-MARK-MASQ
            -A KUBE-SEP-TCP -p tcp -m tcp -j DNAT --to-destination ENDPOINT:7
            -A KUBE-SEP-TCP -p udp -m udp -j DNAT --to-destination ENDPOINT:7
            COMMIT
            """;

    private static final String NFTABLES =
            """
            table ip kube-proxy {
                map service-ips {
                    type ipv4_addr . inet_proto . inet_service : verdict
                    elements = { 10.96.0.1 . tcp . 7 : goto service-TCP,
                                 10.96.0.1 . udp . 7 : goto service-TCP }
                }
                map service-nodeports {
                    type inet_proto . inet_service : verdict
                    elements = { tcp . 30000 : goto external-TCP, udp . 30000 : goto external-TCP,
                                 tcp . 30001 : goto service-TCP, udp . 30001 : goto service-TCP }
                }
                chain nat-prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    jump services
                }
                chain nat-output {
                    type nat hook output priority -100; policy accept;
                    jump services
                }
                chain nat-postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    jump masquerading
                }
                chain services {
                    ip daddr . meta l4proto . th dport vmap @service-ips
                    fib daddr type local meta l4proto . th dport vmap @service-nodeports
                }
                chain mark-for-masquerade {
                    meta mark set meta mark | 0x4000
                }
                chain masquerading {
                    meta mark & 0x4000 == 0 return
                    meta mark set meta mark ^ 0x4000
                    masquerade fully-random
                }
                chain external-TCP {
                    jump mark-for-masquerade
                    goto service-TCP
                }
                chain service-TCP {
                    numgen random mod 1 vmap { 0 : goto endpoint-TCP }
                }
                chain endpoint-TCP {
                    ip saddr ENDPOINT jump mark-for-masquerade
                    meta l4proto { tcp, udp } dnat to ENDPOINT:7
                }
            }
            """;

    private KubeProxy() {}

    /**
     * Writes its tables on a node.
     *
     * @param mode as {@code --proxy-mode} has it
     * @param iptables the programs that it uses where that is the first of the two
     */
    static void write(TestNamespace node, String mode, String iptables, String endpoint)
            throws Exception {
        Path file = Files.createTempFile("vpccni-test", ".rules");
        try {
            String rules = mode.equals("iptables") ? IPTABLES : NFTABLES;
            Files.writeString(file, rules.replace("ENDPOINT", endpoint));
            node.run(
                    mode.equals("iptables")
                            ? List.of(
                                    iptables + "-restore", "--noflush", "-w", "5", file.toString())
                            : List.of("nft", "-f", file.toString()));
        } finally {
            Files.delete(file);
        }
    }
}
