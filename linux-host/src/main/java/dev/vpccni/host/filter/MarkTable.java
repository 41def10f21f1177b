package dev.vpccni.host.filter;

import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.linux.netfilter.NftChain;
import dev.vpccni.linux.netfilter.NftChain.Hook;
import dev.vpccni.linux.netfilter.NftExpression;
import dev.vpccni.linux.netfilter.NftExpression.Bitwise;
import dev.vpccni.linux.netfilter.NftExpression.Compare;
import dev.vpccni.linux.netfilter.NftExpression.Connection;
import dev.vpccni.linux.netfilter.NftExpression.Counter;
import dev.vpccni.linux.netfilter.NftExpression.DestinationType;
import dev.vpccni.linux.netfilter.NftExpression.Jump;
import dev.vpccni.linux.netfilter.NftExpression.Meta;
import dev.vpccni.linux.netfilter.NftExpression.NetworkHeader;
import dev.vpccni.linux.netfilter.NftExpression.Return;
import dev.vpccni.linux.netfilter.NftTable;
import dev.vpccni.model.Ipv4Cidr;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * {@link ConnectionMarks} as nf_tables has them. What is compared and set is written as upstream's
 * own code writes it, so that it knows its rules again: a block by all four bytes under a mask.
 */
public final class MarkTable {

    /** Of the table, in the order in which it is made. */
    public static final List<String> CHAINS =
            List.of(ConnectionMarks.BASE_CHAIN, ConnectionMarks.MARKING_CHAIN);

    /** Behind what others do before destinations are rewritten, and behind that. */
    private static final int PRIORITY = -90;

    /** {@code NF_CT_STATE_BIT(IP_CT_NEW)}. */
    private static final int STATE_NEW = 8;

    private static final int RTN_LOCAL = 2;

    /** Of an IPv4 header, bytes. */
    private static final int DESTINATION_OFFSET = 16;

    private static final HexFormat HEX = HexFormat.of();

    private MarkTable() {}

    /** Returns the table that does what {@code marks} say. */
    public static NftTable of(ConnectionMarks marks) {
        return new NftTable(
                ConnectionMarks.TABLE,
                List.of(
                        new NftChain(
                                ConnectionMarks.BASE_CHAIN,
                                new Hook("filter", Hook.PREROUTING, PRIORITY, true),
                                base(marks)),
                        new NftChain(ConnectionMarks.MARKING_CHAIN, null, marking(marks))));
    }

    private static List<List<NftExpression>> base(ConnectionMarks marks) {
        var rules = new ArrayList<List<NftExpression>>();
        for (String prefix : marks.vethPrefixes()) {
            rules.add(newConnection(prefix));
        }
        for (String prefix : marks.vethPrefixes()) {
            rules.add(markedConnection(prefix, marks));
        }
        return rules;
    }

    /** The first packet of a pod's connection to anywhere but the node is sent to be marked. */
    private static List<NftExpression> newConnection(String vethPrefix) {
        var rule = fromPods(vethPrefix);
        rule.add(new Connection(NftExpression.CONNECTION_STATE, false));
        rule.add(new Bitwise(number(STATE_NEW), number(0)));
        rule.add(new Compare(false, number(0)));
        rule.add(new DestinationType());
        rule.add(new Compare(false, number(RTN_LOCAL)));
        rule.add(new Counter());
        rule.add(new Jump(ConnectionMarks.MARKING_CHAIN));
        return rule;
    }

    /** A pod's packet gets our bits of the mark if its connection has all of them. */
    private static List<NftExpression> markedConnection(String vethPrefix, ConnectionMarks marks) {
        int bits = (int) marks.mark().mask();
        var rule = fromPods(vethPrefix);
        rule.add(new Connection(NftExpression.CONNECTION_MARK, false));
        rule.add(new Bitwise(number(bits), number(0)));
        rule.add(new Compare(true, number(bits)));
        rule.add(new Counter());
        rule.add(new Meta(NftExpression.META_MARK, false));
        rule.add(new Bitwise(number(~bits), number(bits)));
        rule.add(new Meta(NftExpression.META_MARK, true));
        return rule;
    }

    private static List<NftExpression> fromPods(String vethPrefix) {
        var rule = new ArrayList<NftExpression>();
        rule.add(new Meta(NftExpression.META_INCOMING_NAME, false));
        byte[] prefix = vethPrefix.getBytes(StandardCharsets.US_ASCII);
        rule.add(new Compare(true, HEX.formatHex(prefix)));
        return rule;
    }

    private static List<List<NftExpression>> marking(ConnectionMarks marks) {
        var rules = new ArrayList<List<NftExpression>>();
        for (Ipv4Cidr block : marks.untranslated()) {
            var rule = new ArrayList<NftExpression>();
            rule.add(new Counter());
            if (block.prefixLength() > 0) {
                int mask = -1 << (32 - block.prefixLength());
                rule.add(new NetworkHeader(DESTINATION_OFFSET, Integer.BYTES));
                rule.add(new Bitwise(inNetworkOrder(mask), number(0)));
                rule.add(new Compare(true, inNetworkOrder(block.network().bits())));
            }
            rule.add(new Return());
            rules.add(rule);
        }
        int bits = (int) marks.mark().mask();
        rules.add(
                List.of(
                        new Counter(),
                        new Connection(NftExpression.CONNECTION_MARK, false),
                        new Bitwise(number(~bits), number(bits)),
                        new Connection(NftExpression.CONNECTION_MARK, true)));
        return rules;
    }

    private static String number(int value) {
        return hex(value, ByteOrder.nativeOrder());
    }

    private static String inNetworkOrder(int value) {
        return hex(value, ByteOrder.BIG_ENDIAN);
    }

    private static String hex(int value, ByteOrder order) {
        return HEX.formatHex(ByteBuffer.allocate(Integer.BYTES).order(order).putInt(value).array());
    }
}
