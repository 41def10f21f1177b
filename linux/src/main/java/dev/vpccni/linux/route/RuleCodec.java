package dev.vpccni.linux.route;

import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Rules on the wire: {@code struct fib_rule_hdr} and {@code linux/fib_rules.h}. */
final class RuleCodec {

    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;
    static final int RTM_GETRULE = 34;

    private static final int FIB_RULE_HDR_SIZE = 12;
    private static final int FAMILY = 0;
    private static final int DST_LEN = 1;
    private static final int SRC_LEN = 2;
    private static final int TABLE = 4;
    private static final int ACTION = 7;
    private static final int FLAGS = 8;
    private static final int FIB_RULE_INVERT = 2;

    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_GOTO = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_IP_PROTO = 22;

    private static final int HEADER_TABLE_MAX = 255;

    private RuleCodec() {}

    static void writeQuery(MessageWriter out, Family family) {
        out.header(FIB_RULE_HDR_SIZE).set8(FAMILY, family.number());
    }

    static void write(MessageWriter out, KernelRule rule) {
        out.header(FIB_RULE_HDR_SIZE)
                .set8(FAMILY, rule.family().number())
                .set8(ACTION, rule.action());
        IpPrefix source = rule.source();
        IpPrefix destination = rule.destination();
        if (rule.table() <= HEADER_TABLE_MAX) {
            out.set8(TABLE, rule.table());
        }
        if (source != null) {
            out.set8(SRC_LEN, source.length());
        }
        if (destination != null) {
            out.set8(DST_LEN, destination.length());
        }
        if (source != null) {
            out.attribute(FRA_SRC, source.address().getAddress());
        }
        if (destination != null) {
            out.attribute(FRA_DST, destination.address().getAddress());
        }
        out.attribute(FRA_PRIORITY, rule.priority());
        if (rule.table() > HEADER_TABLE_MAX) {
            out.attribute(FRA_TABLE, rule.table());
        }
        if (rule.markMask() != 0) {
            out.attribute(FRA_FWMARK, rule.mark()).attribute(FRA_FWMASK, rule.markMask());
        }
        if (!rule.incoming().isEmpty()) {
            out.attribute(FRA_IIFNAME, rule.incoming());
        }
        if (rule.protocol() != 0) {
            out.attribute8(FRA_PROTOCOL, rule.protocol());
        }
        if (!rule.extras().equals(RuleExtras.NONE)) {
            writeExtras(out, rule.extras());
        }
    }

    private static void writeExtras(MessageWriter out, RuleExtras extras) {
        if (extras.inverted()) {
            out.set32(FLAGS, FIB_RULE_INVERT);
        }
        if (!extras.outgoing().isEmpty()) {
            out.attribute(FRA_OIFNAME, extras.outgoing());
        }
        if (extras.ipProtocol() != 0) {
            out.attribute8(FRA_IP_PROTO, extras.ipProtocol());
        }
        if (extras.suppressPrefixLength() >= 0) {
            out.attribute(FRA_SUPPRESS_PREFIXLEN, extras.suppressPrefixLength());
        }
        if (extras.target() != 0) {
            out.attribute(FRA_GOTO, extras.target());
        }
    }

    /** Reads a rule; null if the message is about something else, or makes no sense. */
    static @Nullable KernelRule read(NetlinkMessage message) {
        boolean rule = message.type() == RTM_NEWRULE || message.type() == RTM_DELRULE;
        int family = message.get8(FAMILY);
        if (!rule || (family != Sockets.AF_INET && family != Sockets.AF_INET6)) {
            return null;
        }
        int table = message.get8(TABLE);
        int priority = 0;
        int mark = 0;
        int mask = 0;
        int protocol = 0;
        int ipProtocol = 0;
        int suppress = -1;
        int target = 0;
        String incoming = "";
        String outgoing = "";
        InetAddress source = null;
        InetAddress destination = null;
        boolean inverted = (message.get32(FLAGS) & FIB_RULE_INVERT) != 0;
        Attributes attributes = message.attributes(FIB_RULE_HDR_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case FRA_TABLE -> table = attributes.as32();
                case FRA_GOTO -> target = attributes.as32();
                case FRA_PRIORITY -> priority = attributes.as32();
                case FRA_FWMARK -> mark = attributes.as32();
                case FRA_FWMASK -> mask = attributes.as32();
                case FRA_PROTOCOL -> protocol = attributes.as8();
                case FRA_IP_PROTO -> ipProtocol = attributes.as8();
                case FRA_SUPPRESS_PREFIXLEN -> suppress = attributes.as32();
                case FRA_OIFNAME -> outgoing = attributes.asString();
                case FRA_IIFNAME -> incoming = attributes.asString();
                case FRA_SRC -> source = RouteCodec.address(attributes);
                case FRA_DST -> destination = RouteCodec.address(attributes);
                default -> {
                    // of no interest
                }
            }
        }
        if ((source != null && !IpPrefix.mayBe(source, message.get8(SRC_LEN)))
                || (destination != null && !IpPrefix.mayBe(destination, message.get8(DST_LEN)))) {
            return null;
        }
        return new KernelRule(
                family == Sockets.AF_INET ? Family.IPV4 : Family.IPV6,
                priority,
                table,
                source == null ? null : new IpPrefix(source, message.get8(SRC_LEN)),
                destination == null ? null : new IpPrefix(destination, message.get8(DST_LEN)),
                mark,
                mask,
                incoming,
                new RuleExtras(outgoing, ipProtocol, inverted, suppress, target),
                message.get8(ACTION),
                protocol);
    }
}
