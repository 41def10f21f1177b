package dev.vpccni.linux.netfilter;

import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_ACK;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_APPEND;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_CREATE;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_REQUEST;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tables of nf_tables, of the family {@code ip}, read and written as data: what nft(8) would print
 * of them differs from version to version. Takes the capability {@code CAP_NET_ADMIN}. Thread-safe.
 *
 * @see <a
 *     href="https://wiki.nftables.org/wiki-nftables/index.php/Portal:DeveloperDocs/nftables_internals">
 *     nftables internals</a>
 */
public final class NfTables implements AutoCloseable {

    /** {@code NFNL_SUBSYS_NFTABLES}, in the upper byte of a message's type. */
    private static final int SUBSYSTEM = 10;

    // linux/netfilter/nfnetlink.h
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;

    // enum nf_tables_msg_types of linux/netfilter/nf_tables.h
    private static final int NEW_TABLE = 0;
    private static final int GET_TABLE = 1;
    private static final int DELETE_TABLE = 2;
    private static final int NEW_CHAIN = 3;
    private static final int GET_CHAIN = 4;
    private static final int NEW_RULE = 6;
    private static final int GET_RULE = 7;

    // struct nfgenmsg: family, version, resource in network order
    private static final int HEADER_SIZE = 4;
    private static final int RESOURCE = 2;
    private static final int FAMILY_IP = 2;

    private static final int TABLE_NAME = 1;
    private static final int TABLE_FLAGS = 2;
    private static final int TABLE_USE = 3;
    private static final int DORMANT = 1;

    private static final int CHAIN_TABLE = 1;
    private static final int CHAIN_NAME = 3;
    private static final int CHAIN_HOOK = 4;
    private static final int CHAIN_POLICY = 5;
    private static final int CHAIN_TYPE = 7;
    private static final int HOOK_NUMBER = 1;
    private static final int HOOK_PRIORITY = 2;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;

    private static final int RULE_TABLE = 1;
    private static final int RULE_CHAIN = 2;
    private static final int RULE_EXPRESSIONS = 4;
    private static final int LIST_ELEMENT = 1;

    /** More than a table, a chain or a rule of a dozen expressions takes. */
    private static final int MESSAGE_MAX = 2048;

    private final NetlinkSocket socket;

    private NfTables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens the tables of the network namespace of the current platform thread.
     *
     * @throws ErrnoException if the kernel refuses, with {@code EPROTONOSUPPORT} if it has no
     *     netfilter
     */
    public static NfTables open() throws ErrnoException {
        return new NfTables(NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER));
    }

    /**
     * Returns a table with those of {@code chains} that there are, or null if there is no such
     * table.
     *
     * @throws IOException if the kernel refuses, or has no nf_tables
     */
    public @Nullable NftTable read(String name, List<String> chains) throws IOException {
        List<NftTable> tables =
                find(GET_TABLE, query(TABLE_NAME, name), message -> table(name, message));
        if (tables.isEmpty()) {
            return null;
        }
        List<ChainRule> rules =
                socket.dump(type(GET_RULE), query(RULE_TABLE, name), NfTables::rule);
        var found = new ArrayList<NftChain>();
        for (String chain : chains) {
            Consumer<MessageWriter> its =
                    out -> {
                        query(CHAIN_TABLE, name).accept(out);
                        out.attribute(CHAIN_NAME, chain);
                    };
            found.addAll(find(GET_CHAIN, its, message -> chain(chain, message, rules)));
        }
        NftTable table = tables.getFirst();
        return new NftTable(name, table.dormant(), found, table.others() - found.size());
    }

    /**
     * Puts {@code table} in the place of any other of its name, in one transaction.
     *
     * @throws IOException if the kernel refuses; then nothing changed
     */
    public void replace(NftTable table) throws IOException {
        int rules = table.chains().stream().mapToInt(chain -> chain.rules().size()).sum();
        int messages = 5 + table.chains().size() + rules;
        transact(
                messages,
                out -> {
                    createAndDelete(out, table.name());
                    start(out, NEW_TABLE, NLM_F_CREATE).attribute(TABLE_NAME, table.name());
                    table.chains().forEach(chain -> write(out, table.name(), chain));
                    for (NftChain chain : table.chains()) {
                        chain.rules().forEach(rule -> write(out, table.name(), chain.name(), rule));
                    }
                });
    }

    /**
     * Removes a table with everything in it, whether it is there or not.
     *
     * @throws IOException if the kernel refuses; then nothing changed
     */
    public void remove(String name) throws IOException {
        transact(4, out -> createAndDelete(out, name));
    }

    @Override
    public void close() {
        socket.close();
    }

    /** A table that is not there cannot be deleted, and one that is can be created again. */
    private static void createAndDelete(MessageWriter out, String name) {
        start(out, NEW_TABLE, NLM_F_CREATE).attribute(TABLE_NAME, name);
        start(out, DELETE_TABLE, 0).attribute(TABLE_NAME, name);
    }

    private static void write(MessageWriter out, String table, NftChain chain) {
        start(out, NEW_CHAIN, NLM_F_CREATE)
                .attribute(CHAIN_TABLE, table)
                .attribute(CHAIN_NAME, chain.name());
        NftChain.Hook hook = chain.hook();
        if (hook != null) {
            int nest = out.nest(CHAIN_HOOK | ExpressionCodec.NESTED);
            ExpressionCodec.number(out, HOOK_NUMBER, hook.number());
            ExpressionCodec.number(out, HOOK_PRIORITY, hook.priority());
            out.end(nest);
            ExpressionCodec.number(out, CHAIN_POLICY, hook.accepts() ? NF_ACCEPT : NF_DROP);
            out.attribute(CHAIN_TYPE, hook.type());
        }
    }

    private static void write(
            MessageWriter out, String table, String chain, List<NftExpression> rule) {
        start(out, NEW_RULE, NLM_F_CREATE | NLM_F_APPEND)
                .attribute(RULE_TABLE, table)
                .attribute(RULE_CHAIN, chain);
        int expressions = out.nest(RULE_EXPRESSIONS | ExpressionCodec.NESTED);
        for (NftExpression each : rule) {
            int element = out.nest(LIST_ELEMENT | ExpressionCodec.NESTED);
            ExpressionCodec.write(out, each);
            out.end(element);
        }
        out.end(expressions);
    }

    private void transact(int messages, Consumer<MessageWriter> body) throws IOException {
        socket.batch(
                messages * MESSAGE_MAX,
                BATCH_BEGIN,
                out -> {
                    bound(out);
                    body.accept(out);
                    // Of the last one, for not every kernel acknowledges the end itself.
                    out.flag(NLM_F_ACK).next(BATCH_END, NLM_F_REQUEST);
                    bound(out);
                });
    }

    /** Says whose batch it is. */
    private static void bound(MessageWriter out) {
        out.header(HEADER_SIZE).set8(RESOURCE + 1, SUBSYSTEM);
    }

    private static MessageWriter start(MessageWriter out, int message, int flags) {
        return out.next(type(message), NLM_F_REQUEST | flags)
                .header(HEADER_SIZE)
                .set8(0, FAMILY_IP);
    }

    private static Consumer<MessageWriter> query(int attribute, String name) {
        return out -> out.header(HEADER_SIZE).set8(0, FAMILY_IP).attribute(attribute, name);
    }

    /** Asks for one object; none if the kernel does not know it. */
    private <T> List<T> find(
            int message,
            Consumer<MessageWriter> query,
            Function<NetlinkMessage, @Nullable T> parser)
            throws IOException {
        try {
            return socket.get(type(message), 0, query, parser);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    private static int type(int message) {
        return SUBSYSTEM << Byte.SIZE | message;
    }

    private static NftTable table(String name, NetlinkMessage message) {
        int flags = 0;
        int uses = 0;
        Attributes attributes = message.attributes(HEADER_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case TABLE_FLAGS -> flags = ExpressionCodec.number(attributes);
                case TABLE_USE -> uses = ExpressionCodec.number(attributes);
                default -> {
                    // of no interest
                }
            }
        }
        return new NftTable(name, (flags & DORMANT) != 0, List.of(), uses);
    }

    private static NftChain chain(String name, NetlinkMessage message, List<ChainRule> rules) {
        String type = "";
        int number = 0;
        int priority = 0;
        int policy = NF_ACCEPT;
        boolean hooked = false;
        Attributes attributes = message.attributes(HEADER_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case CHAIN_TYPE -> type = attributes.asString();
                case CHAIN_POLICY -> policy = ExpressionCodec.number(attributes);
                case CHAIN_HOOK -> {
                    hooked = true;
                    Attributes hook = attributes.nested();
                    while (hook.next()) {
                        if (hook.type() == HOOK_NUMBER) {
                            number = ExpressionCodec.number(hook);
                        } else if (hook.type() == HOOK_PRIORITY) {
                            priority = ExpressionCodec.number(hook);
                        }
                    }
                }
                default -> {
                    // of no interest
                }
            }
        }
        NftChain.Hook hook =
                hooked ? new NftChain.Hook(type, number, priority, policy == NF_ACCEPT) : null;
        return new NftChain(
                name,
                hook,
                rules.stream()
                        .filter(rule -> rule.chain().equals(name))
                        .map(ChainRule::expressions)
                        .toList());
    }

    /** A rule, and the chain that it is in. */
    private record ChainRule(String chain, List<NftExpression> expressions) {}

    private static ChainRule rule(NetlinkMessage message) {
        String chain = "";
        var expressions = new ArrayList<NftExpression>();
        Attributes attributes = message.attributes(HEADER_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case RULE_CHAIN -> chain = attributes.asString();
                case RULE_EXPRESSIONS -> {
                    Attributes elements = attributes.nested();
                    while (elements.next()) {
                        expressions.add(ExpressionCodec.read(elements.nested()));
                    }
                }
                default -> {
                    // of no interest
                }
            }
        }
        return new ChainRule(chain, expressions);
    }
}
