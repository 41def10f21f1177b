package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code nft -j list ruleset} prints, as chains.
 *
 * @see <a href="https://manpages.debian.org/libnftables-json.5">libnftables-json(5)</a>
 */
final class NftChains {

    private NftChains() {}

    /** A chain whose rules follow. */
    private record Begun(FilterChain chain, List<FilterRule> rules) {}

    /**
     * Reads it; what is of no known form is left out, and counts in a rule as something that may
     * be.
     *
     * @throws JsonException if it is no JSON object, or has too many names and values
     */
    static List<FilterChain> parse(String text, int tokensMax) throws JsonException {
        var begun = new LinkedHashMap<String, Begun>();
        if (!(Json.parse(new StringReader(text), tokensMax) instanceof Map<?, ?> document)
                || !(document.get("nftables") instanceof List<?> objects)) {
            throw new JsonException("it lists no nftables");
        }
        for (Object object : objects) {
            if (object instanceof Map<?, ?> one) {
                if (one.get("chain") instanceof Map<?, ?> chain) {
                    begun.put(key(chain, "name"), new Begun(chain(chain), new ArrayList<>()));
                }
                if (one.get("rule") instanceof Map<?, ?> rule) {
                    Begun of = begun.get(key(rule, "chain"));
                    if (of != null) {
                        of.rules().add(new NftRule(rule).parse());
                    }
                }
            }
        }
        var chains = new ArrayList<FilterChain>();
        for (Begun one : begun.values()) {
            FilterChain c = one.chain();
            chains.add(
                    new FilterChain(
                            c.where(),
                            c.family(),
                            c.table(),
                            c.name(),
                            c.hook(),
                            c.drops(),
                            one.rules()));
        }
        return chains;
    }

    private static FilterChain chain(Map<?, ?> chain) {
        return new FilterChain(
                "nft",
                text(chain.get("family")),
                text(chain.get("table")),
                text(chain.get("name")),
                text(chain.get("hook")),
                text(chain.get("policy")).equals("drop"),
                List.of());
    }

    private static String key(Map<?, ?> object, String name) {
        return String.join(
                "\n",
                text(object.get("family")),
                text(object.get("table")),
                text(object.get(name)));
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }
}
