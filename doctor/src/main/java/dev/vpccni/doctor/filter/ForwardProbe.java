package dev.vpccni.doctor.filter;

import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.FilterMatch;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.doctor.snapshot.FilterVerdict;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first packet of a connection to or from a pod, as it goes through the chains of a table. What
 * cannot be known is taken as good: whoever accepts packets under a condition of which nothing is
 * known may well accept this one. For one use.
 */
final class ForwardProbe {

    /** Rules looked at; kube-proxy with thousands of services has that many. */
    private static final int STEPS_MAX = 200_000;

    /** The kernel itself refuses to jump deeper. */
    private static final int DEPTH_MAX = 16;

    private final SortedMap<String, FilterChain> chains = new TreeMap<>();
    private final IpFamily family;
    private final String input;
    private final String output;
    private final boolean fromPod;
    private final @Nullable IpAddress pod;
    private int steps;

    /** How a chain ends for a packet. */
    private enum End {
        ACCEPTED,
        DROPPED,
        RETURNED
    }

    /** Whether a packet meets a condition. */
    private enum Met {
        YES,
        NO,
        PERHAPS
    }

    /**
     * @param chains all that there are
     * @param fromPod else it is on its way to the pod
     * @param pod an address of a pod, or null where none is known
     */
    ForwardProbe(
            List<FilterChain> chains,
            IpFamily family,
            String input,
            String output,
            boolean fromPod,
            @Nullable IpAddress pod) {
        chains.forEach(chain -> this.chains.put(key(chain, chain.name()), chain));
        this.family = family;
        this.input = input;
        this.output = output;
        this.fromPod = fromPod;
        this.pod = pod;
    }

    /** Tells whether {@code base}, a chain that the kernel asks, certainly drops it. */
    boolean isDroppedBy(FilterChain base) {
        End end = walk(base, 0);
        return end == End.DROPPED || (end == End.RETURNED && base.drops());
    }

    private End walk(FilterChain chain, int depth) {
        for (FilterRule rule : chain.rules()) {
            if (++steps > STEPS_MAX || depth > DEPTH_MAX) {
                return End.ACCEPTED;
            }
            Met met = met(rule.matches());
            if (met == Met.NO) {
                continue;
            }
            End end = apply(rule.verdict(), chain, depth, met == Met.YES);
            if (end != null) {
                return end;
            }
        }
        return End.RETURNED;
    }

    /** Returns how it ends, or null if the next rule follows. */
    private @Nullable End apply(
            FilterVerdict verdict, FilterChain chain, int depth, boolean certain) {
        return switch (verdict) {
            case FilterVerdict.Accept() -> End.ACCEPTED;
            case FilterVerdict.Unknown() -> End.ACCEPTED;
            case FilterVerdict.Next() -> null;
            case FilterVerdict.Drop() -> certain ? End.DROPPED : null;
            case FilterVerdict.Return() -> certain ? End.RETURNED : null;
            case FilterVerdict.Jump(String target, boolean comesBack) -> {
                FilterChain next = chains.get(key(chain, target));
                End end = next == null ? End.RETURNED : walk(next, depth + 1);
                if (end == End.ACCEPTED || (certain && end == End.DROPPED)) {
                    yield end;
                }
                yield certain && !comesBack ? End.RETURNED : null;
            }
        };
    }

    private static String key(FilterChain beside, String name) {
        return String.join("\n", beside.where(), beside.family(), beside.table(), name);
    }

    private Met met(List<FilterMatch> matches) {
        Met all = Met.YES;
        for (FilterMatch match : matches) {
            Met one = met(match);
            if (one == Met.NO) {
                return Met.NO;
            }
            all = one == Met.PERHAPS ? one : all;
        }
        return all;
    }

    private Met met(FilterMatch match) {
        return switch (match) {
            case FilterMatch.Device(boolean incoming, List<String> patterns, boolean negated) ->
                    known(patterns.stream().anyMatch(p -> fits(p, incoming)), negated);
            case FilterMatch.Address(boolean source, List<Cidr> blocks, boolean negated) ->
                    address(source, blocks, negated);
            case FilterMatch.Marked(long value, long _, boolean negated) ->
                    known(value == 0, negated);
            case FilterMatch.State(boolean fresh) -> known(fresh, false);
            // Whoever lets one protocol through does not let pods through.
            case FilterMatch.Protocol() -> Met.NO;
            case FilterMatch.Other(String _) -> Met.PERHAPS;
        };
    }

    private boolean fits(String pattern, boolean incoming) {
        String device = incoming ? input : output;
        return pattern.endsWith("*")
                ? device.startsWith(pattern.substring(0, pattern.length() - 1))
                : device.equals(pattern);
    }

    private Met address(boolean source, List<Cidr> blocks, boolean negated) {
        List<Cidr> own = blocks.stream().filter(block -> block.family() == family).toList();
        if (own.isEmpty()) {
            return known(false, negated);
        }
        if (own.stream().anyMatch(block -> block.prefixLength() == 0)) {
            return known(true, negated);
        }
        if (source == fromPod && pod != null) {
            return known(own.stream().anyMatch(block -> block.contains(pod)), negated);
        }
        return Met.PERHAPS;
    }

    private static Met known(boolean holds, boolean negated) {
        return holds == negated ? Met.NO : Met.YES;
    }
}
