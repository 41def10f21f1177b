package dev.vpccni.linux.netfilter;

import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Expressions on the wire: {@code NFTA_*} of {@code linux/netfilter/nf_tables.h}. */
final class ExpressionCodec {

    /** Of an attribute that contains attributes. */
    static final int NESTED = 0x8000;

    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;

    // Of meta and ct. A ct that is loaded may have a direction; that one sets has its source last.
    private static final int DESTINATION = 1;
    private static final int KEY = 2;
    private static final int META_SOURCE = 3;
    private static final int CT_DIRECTION = 3;
    private static final int CT_SOURCE = 4;

    private static final int FIB_RESULT = 2;
    private static final int FIB_FLAGS = 3;
    private static final int NFT_FIB_RESULT_ADDRTYPE = 3;
    private static final int NFTA_FIB_F_DADDR = 2;

    private static final int PAYLOAD_BASE = 2;
    private static final int PAYLOAD_OFFSET = 3;
    private static final int PAYLOAD_LENGTH = 4;
    private static final int NFT_PAYLOAD_NETWORK_HEADER = 1;

    private static final int SOURCE = 1;
    private static final int BITWISE_DESTINATION = 2;
    private static final int BITWISE_LENGTH = 3;
    private static final int BITWISE_MASK = 4;
    private static final int BITWISE_XOR = 5;
    private static final int BITWISE_OPERATION = 6;

    private static final int COMPARE_OPERATION = 2;
    private static final int COMPARE_DATA = 3;
    private static final int NFT_CMP_EQ = 0;
    private static final int NFT_CMP_NEQ = 1;

    private static final int IMMEDIATE_DATA = 2;
    private static final int DATA_VALUE = 1;
    private static final int DATA_VERDICT = 2;
    private static final int VERDICT_CODE = 1;
    private static final int VERDICT_CHAIN = 2;
    private static final int NFT_REG_VERDICT = 0;
    private static final int NFT_REG_1 = 1;
    private static final int NFT_JUMP = -3;
    private static final int NFT_RETURN = -5;

    private static final HexFormat HEX = HexFormat.of();

    private ExpressionCodec() {}

    /**
     * Writes what {@link #read} reads again.
     *
     * @throws IllegalArgumentException for {@link NftExpression.Other}
     */
    static void write(MessageWriter out, NftExpression expression) {
        out.attribute(NFTA_EXPR_NAME, name(expression));
        int data = out.nest(NFTA_EXPR_DATA | NESTED);
        switch (expression) {
            case NftExpression.Meta(int key, boolean sets) -> {
                number(out, KEY, key);
                number(out, sets ? META_SOURCE : DESTINATION, NFT_REG_1);
            }
            case NftExpression.Connection(int key, boolean sets) -> {
                number(out, KEY, key);
                number(out, sets ? CT_SOURCE : DESTINATION, NFT_REG_1);
            }
            case NftExpression.DestinationType() -> {
                number(out, DESTINATION, NFT_REG_1);
                number(out, FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
                number(out, FIB_FLAGS, NFTA_FIB_F_DADDR);
            }
            case NftExpression.NetworkHeader(int offset, int length) -> {
                number(out, DESTINATION, NFT_REG_1);
                number(out, PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
                number(out, PAYLOAD_OFFSET, offset);
                number(out, PAYLOAD_LENGTH, length);
            }
            case NftExpression.Bitwise(String mask, String xor) -> {
                number(out, SOURCE, NFT_REG_1);
                number(out, BITWISE_DESTINATION, NFT_REG_1);
                number(out, BITWISE_LENGTH, mask.length() / 2);
                value(out, BITWISE_MASK, mask);
                value(out, BITWISE_XOR, xor);
            }
            case NftExpression.Compare(boolean equal, String bytes) -> {
                number(out, SOURCE, NFT_REG_1);
                number(out, COMPARE_OPERATION, equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
                value(out, COMPARE_DATA, bytes);
            }
            case NftExpression.Counter() -> {
                // Without numbers it begins at 0.
            }
            case NftExpression.Return() -> verdict(out, NFT_RETURN, "");
            case NftExpression.Jump(String chain) -> verdict(out, NFT_JUMP, chain);
            case NftExpression.Other(String name) -> throw new IllegalArgumentException(name);
        }
        out.end(data);
    }

    private static String name(NftExpression expression) {
        return switch (expression) {
            case NftExpression.Meta _ -> "meta";
            case NftExpression.Connection _ -> "ct";
            case NftExpression.DestinationType _ -> "fib";
            case NftExpression.NetworkHeader _ -> "payload";
            case NftExpression.Bitwise _ -> "bitwise";
            case NftExpression.Compare _ -> "cmp";
            case NftExpression.Counter _ -> "counter";
            case NftExpression.Return _, NftExpression.Jump _ -> "immediate";
            case NftExpression.Other(String name) -> name;
        };
    }

    private static void verdict(MessageWriter out, int code, String chain) {
        number(out, DESTINATION, NFT_REG_VERDICT);
        int data = out.nest(IMMEDIATE_DATA | NESTED);
        int verdict = out.nest(DATA_VERDICT | NESTED);
        number(out, VERDICT_CODE, code);
        if (!chain.isEmpty()) {
            out.attribute(VERDICT_CHAIN, chain);
        }
        out.end(verdict).end(data);
    }

    private static void value(MessageWriter out, int type, String bytes) {
        int nest = out.nest(type | NESTED);
        out.attribute(DATA_VALUE, HEX.parseHex(bytes)).end(nest);
    }

    /** Numbers of nf_tables are in network order. */
    static void number(MessageWriter out, int type, int value) {
        out.attribute(type, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** Reads a number in network order; 0 if it is shorter than four bytes. */
    static int number(Attributes attribute) {
        return number(attribute.asBytes());
    }

    private static int number(byte[] value) {
        return value.length < Integer.BYTES ? 0 : ByteBuffer.wrap(value).getInt();
    }

    /** Reads the attributes of one expression. */
    static NftExpression read(Attributes attributes) {
        String name = "";
        NftExpression known = null;
        while (attributes.next()) {
            switch (attributes.type()) {
                case NFTA_EXPR_NAME -> name = attributes.asString();
                case NFTA_EXPR_DATA -> known = read(name, new Parts(attributes.nested()));
                default -> {
                    // of no interest
                }
            }
        }
        return known == null ? new NftExpression.Other(name) : known;
    }

    private static @Nullable NftExpression read(String name, Parts parts) {
        return switch (name) {
            case "meta" -> meta(parts);
            case "ct" -> connection(parts);
            case "fib" -> destinationType(parts);
            case "payload" -> networkHeader(parts);
            case "bitwise" -> bitwise(parts);
            case "cmp" -> compare(parts);
            case "counter" -> new NftExpression.Counter();
            case "immediate" -> verdict(parts);
            default -> null;
        };
    }

    private static @Nullable NftExpression meta(Parts parts) {
        if (parts.is(DESTINATION, NFT_REG_1)) {
            return new NftExpression.Meta(parts.number(KEY), false);
        }
        return parts.is(META_SOURCE, NFT_REG_1)
                ? new NftExpression.Meta(parts.number(KEY), true)
                : null;
    }

    private static @Nullable NftExpression connection(Parts parts) {
        if (parts.has(CT_DIRECTION)) {
            return null;
        }
        if (parts.is(DESTINATION, NFT_REG_1)) {
            return new NftExpression.Connection(parts.number(KEY), false);
        }
        return parts.is(CT_SOURCE, NFT_REG_1)
                ? new NftExpression.Connection(parts.number(KEY), true)
                : null;
    }

    private static @Nullable NftExpression destinationType(Parts parts) {
        boolean same =
                parts.is(DESTINATION, NFT_REG_1)
                        && parts.is(FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE)
                        && parts.is(FIB_FLAGS, NFTA_FIB_F_DADDR);
        return same ? new NftExpression.DestinationType() : null;
    }

    private static @Nullable NftExpression networkHeader(Parts parts) {
        boolean same =
                parts.is(DESTINATION, NFT_REG_1)
                        && parts.is(PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
        return same
                ? new NftExpression.NetworkHeader(
                        parts.number(PAYLOAD_OFFSET), parts.number(PAYLOAD_LENGTH))
                : null;
    }

    private static @Nullable NftExpression bitwise(Parts parts) {
        boolean same =
                parts.is(SOURCE, NFT_REG_1)
                        && parts.is(BITWISE_DESTINATION, NFT_REG_1)
                        && parts.number(BITWISE_OPERATION) == 0;
        return same
                ? new NftExpression.Bitwise(parts.value(BITWISE_MASK), parts.value(BITWISE_XOR))
                : null;
    }

    private static @Nullable NftExpression compare(Parts parts) {
        int operation = parts.number(COMPARE_OPERATION);
        boolean same =
                parts.is(SOURCE, NFT_REG_1)
                        && (operation == NFT_CMP_EQ || operation == NFT_CMP_NEQ);
        return same
                ? new NftExpression.Compare(operation == NFT_CMP_EQ, parts.value(COMPARE_DATA))
                : null;
    }

    private static @Nullable NftExpression verdict(Parts parts) {
        Parts verdict = parts.within(IMMEDIATE_DATA).within(DATA_VERDICT);
        if (!parts.is(DESTINATION, NFT_REG_VERDICT)) {
            return null;
        }
        return switch (verdict.number(VERDICT_CODE)) {
            case NFT_JUMP -> new NftExpression.Jump(verdict.text(VERDICT_CHAIN));
            case NFT_RETURN -> new NftExpression.Return();
            default -> null;
        };
    }

    /** The attributes of an expression, or of one of them. What is not there is 0, or empty. */
    private static final class Parts {

        private final SortedMap<Integer, byte[]> bytes = new TreeMap<>();
        private final SortedMap<Integer, Attributes> nested = new TreeMap<>();

        Parts(Attributes attributes) {
            while (attributes.next()) {
                bytes.put(attributes.type(), attributes.asBytes());
                nested.put(attributes.type(), attributes.nested());
            }
        }

        private Parts() {}

        boolean has(int type) {
            return bytes.containsKey(type);
        }

        boolean is(int type, int number) {
            return has(type) && number(type) == number;
        }

        int number(int type) {
            return ExpressionCodec.number(bytes.getOrDefault(type, new byte[0]));
        }

        String text(int type) {
            byte[] value = bytes.getOrDefault(type, new byte[0]);
            return new String(value, StandardCharsets.UTF_8).split("\0", 2)[0];
        }

        String value(int type) {
            return HEX.formatHex(within(type).bytes.getOrDefault(DATA_VALUE, new byte[0]));
        }

        Parts within(int type) {
            Attributes attributes = nested.get(type);
            return attributes == null ? new Parts() : new Parts(attributes);
        }
    }
}
