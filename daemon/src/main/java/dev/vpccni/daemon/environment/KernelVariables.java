package dev.vpccni.daemon.environment;

import static dev.vpccni.daemon.environment.Variable.flagA;
import static dev.vpccni.daemon.environment.Variable.flagB;
import static dev.vpccni.daemon.environment.Variable.numberA;
import static dev.vpccni.daemon.environment.Variable.text;
import static dev.vpccni.daemon.environment.Variable.textIfAny;

import java.util.List;

/** What the node's links, routes and translation rules look like. */
public final class KernelVariables {

    /** The least MTU that IPv6 allows (RFC 8200, 5). */
    public static final int MTU_MIN_IPV6 = 1280;

    private static final int MTU_MIN = 576;
    private static final int MTU_MAX = 9001;

    public static final Variable AWS_VPC_ENI_MTU =
            numberA("AWS_VPC_ENI_MTU", MTU_MAX, MTU_MIN, MTU_MAX)
                    .since("1.6.0")
                    .here("bytes, of every interface; at least 1280 with `ENABLE_IPv6`");

    public static final Variable POD_MTU =
            numberA("POD_MTU", MTU_MAX, MTU_MIN, MTU_MAX)
                    .since("1.16.4")
                    .here("bytes, of pods' links; the default is `AWS_VPC_ENI_MTU`");

    public static final Variable VETH_PREFIX =
            text("AWS_VPC_K8S_CNI_VETHPREFIX", "eni")
                    .here(
                            "how pods' host interfaces begin: up to 4 characters, not `eth`, `lo` or"
                                    + " `vlan`; `eni` if empty")
                    .upstream("the same; an empty one is taken as it is");

    public static final Variable EXTERNAL_SNAT =
            flagB("AWS_VPC_K8S_CNI_EXTERNALSNAT", false)
                    .here("another one translates what leaves the VPC");

    public static final Variable EXCLUDE_SNAT_CIDRS =
            text("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "")
                    .since("1.6.0")
                    .here("IPv4 blocks, with commas between them, to which nothing is translated");

    public static final Variable EXTERNAL_SERVICE_CIDRS =
            text("AWS_EXTERNAL_SERVICE_CIDRS", "")
                    .since("1.12.6")
                    .here(
                            "IPv4 blocks, with commas between them, that are reached by the main"
                                    + " route table");

    public static final Variable RANDOMIZE_SNAT =
            textIfAny("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "prng")
                    .here(
                            "how source ports are chosen: `prng`, `hashrandom` or `none`; anything"
                                    + " else is `prng`");

    public static final Variable NODE_PORT_SUPPORT =
            flagB("AWS_VPC_CNI_NODE_PORT_SUPPORT", true)
                    .here("answers to node ports leave by the interface that was asked");

    public static final Variable CONNMARK =
            textIfAny("AWS_VPC_K8S_CNI_CONNMARK", "0x80")
                    .here("the mark for that, 1 to 0xffffffff, in any base of Go's")
                    .upstream("the same, undocumented");

    public static final Variable FAST_RULES =
            flagB("VPC_CNI_FAST_RULES", false)
                    .here(
                            "what comes to pods or goes elsewhere is led past the rules that are for"
                                    + " one pod each; switch it off before going back to upstream")
                    .upstream("not there");

    public static final Variable ENABLE_V4_EGRESS =
            flagA("ENABLE_V4_EGRESS", true)
                    .here("IPv6 pods reach IPv4 destinations by the node's address");

    public static final Variable ENABLE_V6_EGRESS =
            flagB("ENABLE_V6_EGRESS", false)
                    .since("1.13.0")
                    .here(
                            "IPv4 pods reach IPv6 destinations by the node's address, if it has"
                                    + " one of IPv6");

    public static final Variable DISABLE_TCP_EARLY_DEMUX =
            flagA("DISABLE_TCP_EARLY_DEMUX", false)
                    .since("1.7.3")
                    .here(
                            "`net.ipv4.tcp_early_demux` is set to 0, or to 1 if false; it stays as"
                                    + " it is if not set, and where it may not be written")
                    .upstream("the init container sets it, to 1 if not set");

    private static final Variable CONFIGURE_RPFILTER =
            flagA("AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", true)
                    .upstream("nobody reads it any more")
                    .ignored("the primary interface's rp_filter is always made loose");

    private static final Variable ENABLE_NFTABLES =
            flagA("ENABLE_NFTABLES", false)
                    .since("1.12.1")
                    .upstream("nobody reads it any more")
                    .ignored("what the node's iptables writes to is found out");

    static final List<Variable> ALL =
            List.of(
                    AWS_VPC_ENI_MTU,
                    POD_MTU,
                    VETH_PREFIX,
                    EXTERNAL_SNAT,
                    EXCLUDE_SNAT_CIDRS,
                    EXTERNAL_SERVICE_CIDRS,
                    RANDOMIZE_SNAT,
                    NODE_PORT_SUPPORT,
                    CONNMARK,
                    FAST_RULES,
                    ENABLE_V4_EGRESS,
                    ENABLE_V6_EGRESS,
                    DISABLE_TCP_EARLY_DEMUX,
                    CONFIGURE_RPFILTER,
                    ENABLE_NFTABLES);

    private KernelVariables() {}
}
