package dev.vpccni.linux.netfilter;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.NetlinkMessage;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.netlink.NotificationSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes of nf_tables in one network namespace, whoever makes them: nft(8), or
 * iptables(8) where it speaks to nf_tables. Of the old ip_tables the kernel tells nothing. One
 * platform thread receives and in the end closes.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/nft.8.html">nft(8)</a>
 */
public final class FilterMonitor implements AutoCloseable {

    /** The family {@code ip}, {@code NFPROTO_IPV4}. */
    public static final int IPV4 = 2;

    /** The family {@code ip6}, {@code NFPROTO_IPV6}. */
    public static final int IPV6 = 10;

    /** {@code NFNLGRP_NFTABLES} of {@code linux/netfilter/nfnetlink.h}, as a mask. */
    private static final int GROUP_NFTABLES = 1 << (7 - 1);

    /** {@code NFNL_SUBSYS_NFTABLES}, in the upper byte of a message's type. */
    private static final int SUBSYSTEM = 10;

    // enum nf_tables_msg_types of linux/netfilter/nf_tables.h
    private static final int NEW_TABLE = 0;
    private static final int DELETE_TABLE = 2;
    private static final int NEW_CHAIN = 3;
    private static final int DELETE_CHAIN = 5;
    private static final int NEW_RULE = 6;
    private static final int DELETE_RULE = 8;

    /** {@code struct nfgenmsg}: family, version, resource. */
    private static final int HEADER_SIZE = 4;

    /** The table's name is the first attribute of all three kinds. */
    private static final int TABLE = 1;

    private static final int CHAIN_OF_RULE = 2;
    private static final int NAME_OF_CHAIN = 3;

    private final NotificationSocket socket;

    private FilterMonitor(NotificationSocket socket) {
        this.socket = socket;
    }

    /**
     * Starts to listen in the network namespace of the current platform thread.
     *
     * @throws ErrnoException if the kernel refuses, with {@code EPROTONOSUPPORT} if it has no
     *     netfilter
     */
    public static FilterMonitor open() throws ErrnoException {
        return new FilterMonitor(
                NotificationSocket.open(NetlinkSocket.NETLINK_NETFILTER, GROUP_NFTABLES));
    }

    /**
     * Waits for changes.
     *
     * @param timeout how long to wait for the first one
     * @return none if the time is up
     * @throws IOException if the kernel refuses
     */
    public List<FilterChange> receive(Duration timeout) throws IOException {
        List<FilterChange> changes = socket.receive(timeout, FilterMonitor::read);
        return changes == null ? List.of(new FilterChange.Lost()) : changes;
    }

    /** Returns what to wait on, beside other sockets. */
    public NotificationSocket socket() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
    }

    private static @Nullable FilterChange read(NetlinkMessage message) {
        if (message.type() >>> Byte.SIZE != SUBSYSTEM) {
            return null;
        }
        return switch (message.type() & 0xff) {
            case NEW_TABLE -> changed(message, 0, false);
            case DELETE_TABLE -> changed(message, 0, true);
            case NEW_CHAIN -> changed(message, NAME_OF_CHAIN, false);
            case DELETE_CHAIN -> changed(message, NAME_OF_CHAIN, true);
            case NEW_RULE -> changed(message, CHAIN_OF_RULE, false);
            case DELETE_RULE -> changed(message, CHAIN_OF_RULE, true);
            default -> null;
        };
    }

    /**
     * @param chainAttribute which attribute names the chain; 0 for none
     */
    private static FilterChange changed(NetlinkMessage message, int chainAttribute, boolean gone) {
        String table = "";
        String chain = "";
        Attributes attributes = message.attributes(HEADER_SIZE);
        while (attributes.next()) {
            if (attributes.type() == TABLE) {
                table = attributes.asString();
            } else if (attributes.type() == chainAttribute) {
                chain = attributes.asString();
            }
        }
        return new FilterChange.Changed(message.get8(0), table, chain, gone);
    }
}
