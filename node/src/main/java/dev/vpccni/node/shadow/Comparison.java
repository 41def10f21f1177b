package dev.vpccni.node.shadow;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.CloudSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Two daemons' views of the same node, side by side. */
final class Comparison {

    private Comparison() {}

    /** Returns which pods the other daemon tells of and its checkpoint does not. */
    static List<ShadowFinding> strangers(Checkpoint saved, OtherDaemon.Told told) {
        var known = new TreeSet<IpAddress>();
        saved.grants().forEach(grant -> known.add(grant.address()));
        return told.assigned().stream()
                .filter(address -> !known.contains(address))
                .map(address ->
                        ShadowFinding.attention(
                                ShadowPart.DAEMON,
                                "not know of the pod that has " + address,
                                "the other daemon has given it, and its checkpoint does not say"
                                        + " so"))
                .toList();
    }

    /** Returns which interfaces are in one pool and would not be in the other one. */
    static List<ShadowFinding> pools(Ledger ledger, OtherDaemon.Told told) {
        var findings = new ArrayList<ShadowFinding>();
        for (HeldInterface held : ledger.interfaces()) {
            boolean serves =
                    held.facts().role().managed()
                            && held.facts().usable()
                            && held.stage() == InterfaceStage.SERVING;
            if (serves && !told.interfaces().contains(held.id())) {
                findings.add(
                        ShadowFinding.attention(
                                ShadowPart.INTERFACES,
                                "give pods addresses of " + held.id(),
                                "the other daemon does not have it in its pool"));
            }
        }
        for (InterfaceId id : told.interfaces()) {
            HeldInterface held = ledger.find(id);
            if (held == null || !held.facts().role().managed()) {
                findings.add(
                        ShadowFinding.attention(
                                ShadowPart.INTERFACES,
                                "give pods no addresses of " + id,
                                "it is in the other daemon's pool, and "
                                        + (held == null
                                                ? "EC2 does not show it attached"
                                                : "its tags say that it is not for pods")));
            }
        }
        return findings;
    }

    /** Returns what would be put right about interfaces in EC2, and which would be deleted. */
    static List<ShadowFinding> upkeep(
            CloudSettings settings, Ledger ledger, CloudAnswers.Answers answers) {
        var findings = new ArrayList<ShadowFinding>();
        for (ObservedInterface shown : answers.attached()) {
            for (String what :
                    Upkeep.wanting(
                            answers.current().instance(), answers.current().groups(), shown)) {
                findings.add(
                        ShadowFinding.change(
                                ShadowPart.INTERFACES, what, "EC2 shows it otherwise"));
            }
        }
        for (ObservedInterface lost : answers.lost()) {
            boolean known = ledger.find(lost.id()) != null;
            if (!known && settings.cleanUpLeaks() && settings.provisioning()) {
                findings.add(
                        ShadowFinding.attention(
                                ShadowPart.INTERFACES,
                                "delete " + lost.id(),
                                "this node made it more than five minutes ago, and it hangs on"
                                        + " nothing"));
            }
        }
        return findings;
    }
}
