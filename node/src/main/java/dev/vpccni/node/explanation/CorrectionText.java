package dev.vpccni.node.explanation;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Commands that correct the ledger, in words. */
public final class CorrectionText {

    /** How many blocks are named; the others are counted. */
    private static final int NAMED = 4;

    private CorrectionText() {}

    /** Returns what {@code command} does, as an explanation says it. */
    public static String of(Command command) {
        return switch (command) {
            case Command.Discover(InterfaceFacts facts, List<Cidr> blocks) ->
                    "take up interface " + inWords(facts) + with(blocks);
            case Command.Describe(InterfaceFacts facts) ->
                    "correct what is known of interface " + inWords(facts);
            case Command.AddBlocks(InterfaceId id, List<Cidr> blocks) ->
                    "take up " + names(blocks) + " of " + id;
            case Command.Doubt(InterfaceId id, List<Cidr> blocks) ->
                    "keep " + names(blocks) + " of " + id + " off pods";
            case Command.Trust(InterfaceId id, List<Cidr> blocks) ->
                    "give " + names(blocks) + " of " + id + " to pods again";
            case Command.ForgetBlock(InterfaceId id, Cidr block) ->
                    "forget " + names(List.of(block)) + " of " + id;
            case Command.Suspend(InterfaceId id) -> "give pods no addresses of " + id + " for now";
            case Command.ForgetInterface(InterfaceId id) -> "forget interface " + id;
            case Command.Release(var key) -> "free the address of " + key;
            case Command.Hold(var address) -> "keep " + address + " off pods";
            case Command.Unhold(var address) -> "keep " + address + " off pods no longer";
            default -> command.toString();
        };
    }

    private static String inWords(InterfaceFacts facts) {
        return facts.id()
                + " ("
                + facts.role().name().toLowerCase(Locale.ROOT)
                + ", card "
                + facts.card()
                + ", device "
                + facts.device()
                + ", in "
                + facts.subnet()
                + (facts.usable() ? "" : ", of which pods get no addresses")
                + ")";
    }

    private static String with(List<Cidr> blocks) {
        return blocks.isEmpty() ? "" : " with " + names(blocks);
    }

    private static String names(List<Cidr> blocks) {
        String named =
                blocks.stream().limit(NAMED).map(BlockKind::text).collect(Collectors.joining(", "));
        int others = blocks.size() - NAMED;
        return others > 0 ? named + " and " + others + " more" : named;
    }
}
