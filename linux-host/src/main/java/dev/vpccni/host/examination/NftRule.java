package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.FilterMatch;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.doctor.snapshot.FilterVerdict;
import dev.vpccni.doctor.snapshot.MarkUse;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one rule of nft's JSON, whatever is in it. For one use. */
final class NftRule {

    private final Map<?, ?> rule;
    private final List<FilterMatch> matches = new ArrayList<>();
    private final List<MarkUse> marks = new ArrayList<>();
    private FilterVerdict verdict = new FilterVerdict.Next();

    NftRule(Map<?, ?> rule) {
        this.rule = rule;
    }

    /** Reads it. Its text is what nft(8) deletes it by. */
    FilterRule parse() {
        if (rule.get("expr") instanceof List<?> statements) {
            for (Object statement : statements) {
                if (statement instanceof Map<?, ?> one) {
                    one.forEach((name, value) -> statement(String.valueOf(name), value));
                }
            }
        }
        return new FilterRule("handle " + rule.get("handle"), matches, marks, verdict, false);
    }

    private void statement(String name, @Nullable Object value) {
        switch (name) {
            case "match" -> {
                if (value instanceof Map<?, ?> match) {
                    match(match);
                }
            }
            case "mangle" -> {
                if (value instanceof Map<?, ?> change && isMark(change.get("key"))) {
                    long kept = NftBits.kept(change.get("value"), change.get("key"));
                    marks.add(new MarkUse(true, ~kept & NftBits.ALL));
                }
            }
            case "vmap" -> verdict = choice(value);
            case "limit" -> matches.add(new FilterMatch.Other(name));
            case "xt" -> foreign(value);
            default -> {
                FilterVerdict said = verdict(name, value);
                verdict = said instanceof FilterVerdict.Next ? verdict : said;
            }
        }
    }

    private static FilterVerdict verdict(String name, @Nullable Object value) {
        String target =
                value instanceof Map<?, ?> to ? String.valueOf(to.get("target")) : "nowhere";
        return switch (name) {
            case "accept" -> new FilterVerdict.Accept();
            case "drop", "reject" -> new FilterVerdict.Drop();
            case "return" -> new FilterVerdict.Return();
            case "jump" -> new FilterVerdict.Jump(target, true);
            case "goto" -> new FilterVerdict.Jump(target, false);
            case "queue" -> new FilterVerdict.Unknown();
            default -> new FilterVerdict.Next();
        };
    }

    /** Of maps from something to a verdict, those from the state of a connection are common. */
    private static FilterVerdict choice(@Nullable Object map) {
        if (!(map instanceof Map<?, ?> choice)
                || !isKey(choice.get("key"), "ct", "state")
                || !(choice.get("data") instanceof Map<?, ?> data)
                || !(data.get("set") instanceof List<?> pairs)) {
            return new FilterVerdict.Unknown();
        }
        for (Object pair : pairs) {
            if (pair instanceof List<?> two
                    && two.size() == 2
                    && "new".equals(two.getFirst())
                    && two.getLast() instanceof Map<?, ?> said
                    && said.size() == 1) {
                Map.Entry<?, ?> only = said.entrySet().iterator().next();
                return verdict(String.valueOf(only.getKey()), only.getValue());
            }
        }
        return new FilterVerdict.Next();
    }

    /** What iptables-nft makes and nft does not know. */
    private void foreign(@Nullable Object value) {
        if (value instanceof Map<?, ?> one
                && "target".equals(one.get("type"))
                && "REJECT".equals(one.get("name"))) {
            verdict = new FilterVerdict.Drop();
        } else {
            matches.add(new FilterMatch.Other("xt"));
        }
    }

    private void match(Map<?, ?> match) {
        Object left = match.get("left");
        Object right = match.get("right");
        boolean negated = "!=".equals(match.get("op"));
        boolean plain = negated || "==".equals(match.get("op")) || "in".equals(match.get("op"));
        FilterMatch read = plain ? read(left, right, negated) : null;
        matches.add(read == null ? new FilterMatch.Other("match") : read);
        long asked = NftBits.asked(left);
        if (asked != 0) {
            marks.add(new MarkUse(false, asked));
        }
    }

    /** Returns what is asked, or null if that is not known. */
    private static @Nullable FilterMatch read(
            @Nullable Object left, @Nullable Object right, boolean negated) {
        if (isKey(left, "meta", "iifname") || isKey(left, "meta", "iif")) {
            return device(true, right, negated);
        }
        if (isKey(left, "meta", "oifname") || isKey(left, "meta", "oif")) {
            return device(false, right, negated);
        }
        if (isKey(left, "ct", "state")) {
            List<?> states = all(right);
            return new FilterMatch.State(states.contains("new") != negated);
        }
        if (isKey(left, "meta", "nfproto")) {
            IpFamily family = "ipv6".equals(right) ? IpFamily.IPV6 : IpFamily.IPV4;
            return new FilterMatch.Address(true, List.of(Cidr.all(family)), negated);
        }
        if (isKey(left, "meta", "l4proto")) {
            return new FilterMatch.Protocol();
        }
        if (NftBits.asked(left) != 0) {
            return right instanceof Long value
                    ? new FilterMatch.Marked(value, NftBits.asked(left), negated)
                    : null;
        }
        return left instanceof Map<?, ?> one && one.get("payload") instanceof Map<?, ?> field
                ? payload(field, right, negated)
                : null;
    }

    private static @Nullable FilterMatch payload(
            Map<?, ?> field, @Nullable Object right, boolean negated) {
        boolean address = "ip".equals(field.get("protocol")) || "ip6".equals(field.get("protocol"));
        if (!address) {
            return new FilterMatch.Protocol();
        }
        boolean source = "saddr".equals(field.get("field"));
        if (!source && !"daddr".equals(field.get("field"))) {
            return "protocol".equals(field.get("field")) ? new FilterMatch.Protocol() : null;
        }
        var blocks = new ArrayList<Cidr>();
        for (Object one : all(right)) {
            Cidr block = block(one);
            if (block == null) {
                return null;
            }
            blocks.add(block);
        }
        return new FilterMatch.Address(source, blocks, negated);
    }

    private static @Nullable FilterMatch device(
            boolean incoming, @Nullable Object right, boolean negated) {
        var names = new ArrayList<String>();
        for (Object one : all(right)) {
            if (!(one instanceof String name) || name.startsWith("@")) {
                return null;
            }
            names.add(name);
        }
        return new FilterMatch.Device(incoming, names, negated);
    }

    /** Returns the elements of a set or list, or the one value. */
    private static List<?> all(@Nullable Object value) {
        if (value instanceof Map<?, ?> one && one.get("set") instanceof List<?> set) {
            return set;
        }
        return value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    }

    private static @Nullable Cidr block(@Nullable Object value) {
        try {
            if (value instanceof String address) {
                return IpAddress.parse(address).only();
            }
            return value instanceof Map<?, ?> one
                            && one.get("prefix") instanceof Map<?, ?> prefix
                            && prefix.get("addr") instanceof String address
                            && prefix.get("len") instanceof Long length
                    ? Cidr.parse(address + "/" + length)
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isMark(@Nullable Object key) {
        return isKey(key, "meta", "mark") || isKey(key, "ct", "mark");
    }

    /** Tells whether {@code value} is such as {@code {"meta":{"key":"mark"}}}. */
    static boolean isKey(@Nullable Object value, String kind, String key) {
        return value instanceof Map<?, ?> one
                && one.get(kind) instanceof Map<?, ?> of
                && key.equals(of.get("key"));
    }
}
