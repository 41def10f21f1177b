package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.FirewallPlanner;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.doctor.snapshot.FilterMatch;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.doctor.snapshot.FilterVerdict;
import dev.vpccni.doctor.snapshot.MarkUse;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one rule as iptables-save(8) prints it. For one use. */
final class IptablesRule {

    private static final long ALL = 0xffff_ffffL;

    private final String text;
    private final Set<String> chains;
    private final List<String> words;
    private final List<FilterMatch> matches = new ArrayList<>();
    private final List<MarkUse> marks = new ArrayList<>();
    private FilterVerdict verdict = new FilterVerdict.Next();
    private int at;

    /**
     * @param chains those of the table, which a rule may jump to
     */
    IptablesRule(String text, Set<String> chains) {
        this.text = text;
        this.chains = chains;
        this.words = SavedTable.words(text);
    }

    /** Reads it; a word that makes no sense is something that a packet may meet. */
    FilterRule parse() {
        boolean negated = false;
        while (at < words.size()) {
            String word = words.get(at++);
            if (word.equals("!")) {
                negated = true;
            } else {
                option(word, negated);
                negated = false;
            }
        }
        return new FilterRule(text, matches, marks, verdict, FirewallPlanner.owns(text));
    }

    private void option(String word, boolean negated) {
        switch (word) {
            case "-i", "-o" ->
                    matches.add(
                            new FilterMatch.Device(
                                    word.equals("-i"),
                                    List.of(value().replaceFirst("\\+$", "*")),
                                    negated));
            case "-s", "-d" -> address(word.equals("-s"), value(), negated);
            case "-p" -> {
                if (!value().equals("all")) {
                    matches.add(new FilterMatch.Protocol());
                }
            }
            case "-m", "--comment" -> value();
            case "--ctstate", "--state" ->
                    matches.add(
                            new FilterMatch.State(
                                    List.of(value().split(",", -1)).contains("NEW") != negated));
            case "--mark" -> mark(value(), negated);
            case "-j" -> verdict = verdict(value(), true);
            case "-g" -> verdict = verdict(value(), false);
            case "--set-xmark", "--set-mark", "--tproxy-mark" -> {
                long[] parts = valueAndMask(value());
                marks.add(new MarkUse(true, parts[0] | parts[1]));
            }
            case "--restore-mark", "--save-mark" -> marks.add(new MarkUse(true, carried()));
            default -> {
                if (word.startsWith("-") && !(verdict instanceof FilterVerdict.Drop)) {
                    matches.add(new FilterMatch.Other(word));
                }
            }
        }
    }

    private String value() {
        return at < words.size() ? words.get(at++) : "";
    }

    private void address(boolean source, String block, boolean negated) {
        FilterMatch match = new FilterMatch.Other(block);
        try {
            Cidr cidr = block.contains("/") ? Cidr.parse(block) : IpAddress.parse(block).only();
            match = new FilterMatch.Address(source, List.of(cidr), negated);
        } catch (IllegalArgumentException e) {
            // Such as a mask with holes.
        }
        matches.add(match);
    }

    private void mark(String mark, boolean negated) {
        long[] parts = valueAndMask(mark);
        matches.add(new FilterMatch.Marked(parts[0], parts[1], negated));
        marks.add(new MarkUse(false, parts[1]));
    }

    /** Without a mask all bits count. */
    private static long[] valueAndMask(String mark) {
        String[] parts = mark.split("/", 2);
        return new long[] {number(parts[0], 0), parts.length == 2 ? number(parts[1], ALL) : ALL};
    }

    /** Returns the bits that {@code --nfmask} and {@code --ctmask}, which follow, let through. */
    private long carried() {
        long bits = 0;
        boolean said = false;
        while (at + 1 < words.size()
                && List.of("--nfmask", "--ctmask", "--mask").contains(words.get(at))) {
            at++;
            bits |= number(value(), ALL);
            said = true;
        }
        return said ? bits : ALL;
    }

    private static long number(@Nullable String digits, long otherwise) {
        try {
            return Long.decode(String.valueOf(digits)) & ALL;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private FilterVerdict verdict(String target, boolean comesBack) {
        if (chains.contains(target)) {
            return new FilterVerdict.Jump(target, comesBack);
        }
        return switch (target) {
            case "ACCEPT", "SNAT", "DNAT", "MASQUERADE", "REDIRECT" -> new FilterVerdict.Accept();
            case "DROP", "REJECT" -> new FilterVerdict.Drop();
            case "RETURN" -> new FilterVerdict.Return();
            case "QUEUE", "NFQUEUE" -> new FilterVerdict.Unknown();
            default -> new FilterVerdict.Next();
        };
    }
}
