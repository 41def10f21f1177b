package dev.vpccni.node.explanation;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.util.List;

/** What a plan has done in EC2, in words. */
public final class ActionText {

    private ActionText() {}

    /** Returns what {@code action} does, as an explanation says it. */
    public static String of(Action action) {
        return switch (action) {
            case Action.AssignTo(InterfaceId id, BlockKind kind, int count) ->
                    "assign " + kind.more(count) + " to " + id;
            case Action.CreateInterface(InterfaceTemplate template, _, BlockKind kind, int count) ->
                    "create an interface with " + kind.text(count) + " in " + template.subnet();
            case Action.ReleaseFrom(InterfaceId id, List<Cidr> some) ->
                    "give " + text(some) + " of " + id + " back";
            case Action.RemoveInterface(InterfaceId id) -> "remove interface " + id;
        };
    }

    private static String text(List<Cidr> blocks) {
        long singles = blocks.stream().filter(Cidr::isSingle).count();
        long prefixes = blocks.size() - singles;
        String some = singles > 0 ? BlockKind.ADDRESS.text(singles) : "";
        String others = prefixes > 0 ? BlockKind.PREFIX.text(prefixes) : "";
        return some + (singles > 0 && prefixes > 0 ? " and " : "") + others;
    }
}
