package dev.vpccni.node.shadow;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.Plan;
import dev.vpccni.ipam.scale.Planner;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.explanation.ActionText;
import dev.vpccni.node.instance.Facts;
import dev.vpccni.node.pod.GrantedEnds;
import dev.vpccni.node.pool.InterfaceSources;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.HostReading;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a node that another daemon serves, and says what this one would do there. It has ports
 * that read and no others, so that it cannot change anything. Each look begins anew with what the
 * other daemon's checkpoint, the kernel, metadata and EC2 show; only what EC2 has said is kept for
 * a while. Used by one thread at a time.
 */
public final class ShadowLook {

    private final NodeSettings settings;
    private final CheckpointView checkpoint;
    private final OtherDaemon other;
    private final HostReading host;
    private final Metadata metadata;
    private final CloudAnswers cloud;
    private final Tempo tempo;

    /** Makes it; nothing is read yet. */
    public ShadowLook(
            NodeSettings settings,
            CheckpointView checkpoint,
            OtherDaemon other,
            HostReading host,
            Metadata metadata,
            Ec2Reader ec2,
            Tempo tempo,
            Retry retry) {
        this.settings = settings;
        this.checkpoint = checkpoint;
        this.other = other;
        this.host = host;
        this.metadata = metadata;
        this.cloud = new CloudAnswers(ec2, tempo, retry);
        this.tempo = tempo;
    }

    /** Something of the kernel that is asked. */
    private interface Question {
        List<String> ask() throws HostException, InterruptedException;
    }

    /** What one look gathers. */
    private static final class Gathered {
        private final List<ShadowFinding> findings = new ArrayList<>();
        private final SortedMap<ShadowPart, String> unseen = new TreeMap<>();
        private final SortedMap<String, Long> numbers = new TreeMap<>();

        void unseen(ShadowPart part, @Nullable String why) {
            unseen.merge(part, String.valueOf(why), (one, more) -> one + "; " + more);
        }
    }

    /** Looks once; what cannot be read is said, and the rest is looked at. */
    public ShadowReport look() throws InterruptedException {
        var gathered = new Gathered();
        OtherDaemon.Told told = ask(gathered);
        // The kernel first: whoever is in the checkpoint later has not been there for long.
        HostNetwork.Observation kernel = observe(gathered);
        Checkpoint saved = read(gathered);
        Facts facts = facts(gathered);
        if (settings.addressing().everyCard()) {
            gathered.unseen(ShadowPart.PODS, "pods on network cards other than the first one");
        }
        if (kernel != null && saved != null) {
            take(kernel, saved, told, facts, gathered);
        } else {
            gathered.unseen(ShadowPart.INTERFACES, "without pods nothing follows from them");
            gathered.unseen(ShadowPart.POOL, "without pods nothing follows from it");
        }
        if (facts != null) {
            compareNode(facts, gathered);
        }
        return new ShadowReport(gathered.findings, gathered.unseen, gathered.numbers);
    }

    private OtherDaemon.@Nullable Told ask(Gathered gathered) throws InterruptedException {
        try {
            OtherDaemon.Told told = other.ask();
            gathered.findings.addAll(OtherSettings.differences(settings, told.settings()));
            return told;
        } catch (IOException e) {
            gathered.unseen(ShadowPart.DAEMON, e.getMessage());
            return null;
        }
    }

    private HostNetwork.@Nullable Observation observe(Gathered gathered)
            throws InterruptedException {
        try {
            return host.observe();
        } catch (HostException e) {
            gathered.unseen(ShadowPart.PODS, e.getMessage());
            return null;
        }
    }

    private @Nullable Checkpoint read(Gathered gathered) {
        try {
            CheckpointView.Seen seen = checkpoint.read();
            if (seen.wrong() != null) {
                gathered.findings.add(
                        ShadowFinding.attention(
                                ShadowPart.PODS,
                                "set the checkpoint aside, and go by the kernel and EC2",
                                "it cannot be understood: " + seen.wrong()));
            }
            Checkpoint saved = seen.checkpoint();
            return saved == null ? Checkpoint.EMPTY : saved;
        } catch (IOException e) {
            gathered.unseen(ShadowPart.PODS, e.getMessage());
            return null;
        }
    }

    private @Nullable Facts facts(Gathered gathered) throws InterruptedException {
        try {
            return Facts.ask(metadata, settings.cloud(), settings.addressing());
        } catch (MetadataException e) {
            for (ShadowPart part :
                    List.of(
                            ShadowPart.ROUTING,
                            ShadowPart.FILTER,
                            ShadowPart.INTERFACES,
                            ShadowPart.POOL)) {
                gathered.unseen(part, e.getMessage());
            }
            return null;
        }
    }

    private void take(
            HostNetwork.Observation kernel,
            Checkpoint saved,
            OtherDaemon.@Nullable Told told,
            @Nullable Facts facts,
            Gathered gathered)
            throws InterruptedException {
        Instant now = tempo.instant();
        BlockKind preferred =
                settings.addressing().prefixDelegation() ? BlockKind.PREFIX : BlockKind.ADDRESS;
        var taken =
                new TakenOver(
                        withReleased(saved, told),
                        kernel,
                        settings.pool().cooldown(),
                        preferred,
                        now,
                        gathered.findings);
        gathered.numbers.put("pods", (long) saved.grants().size());
        gathered.numbers.put("living", taken.living());
        if (told != null) {
            gathered.findings.addAll(Comparison.strangers(saved, told));
        }
        if (facts == null) {
            return;
        }
        CloudAnswers.Answers answers = cloud.answers(facts);
        if (answers == null) {
            gathered.unseen(ShadowPart.INTERFACES, "EC2: " + cloud.problem());
            gathered.unseen(ShadowPart.POOL, "EC2: " + cloud.problem());
            return;
        }
        List<SeenInterface> seen =
                answers.attached().stream()
                        .map(answers.current().instance()::seen)
                        .filter(Objects::nonNull)
                        .toList();
        taken.compare(seen, facts.blocks());
        if (told != null) {
            gathered.findings.addAll(Comparison.pools(taken.ledger(), told));
        }
        gathered.findings.addAll(Comparison.upkeep(settings.cloud(), taken.ledger(), answers));
        plan(taken, answers, now, gathered);
        compareInterfacesInKernel(taken, gathered);
    }

    /** Upstream keeps what cools down to itself, and tells of it. */
    private static Checkpoint withReleased(Checkpoint saved, OtherDaemon.@Nullable Told told) {
        if (told == null) {
            return saved;
        }
        var cooling = new ArrayList<>(saved.cooling());
        cooling.addAll(told.released());
        return new Checkpoint(
                saved.grants(), cooling, saved.intents(), saved.interfaces(), saved.departed());
    }

    private void plan(
            TakenOver taken, CloudAnswers.Answers answers, Instant now, Gathered gathered) {
        PoolLimits limits = settings.pool().limits(answers.type(), settings.addressing());
        boolean trunkMissing =
                settings.pool().expectsTrunk(answers.type(), 0)
                        && taken.ledger().interfaces().stream()
                                .noneMatch(held -> held.facts().role() == InterfaceRole.TRUNK);
        var sources =
                new InterfaceSources(
                        settings.addressing(),
                        answers.subnets(),
                        answers.current(),
                        Cluster.SILENT);
        var situation =
                new Situation(
                        settings.pool().target(answers.type(), settings.addressing()),
                        trunkMissing ? limits.withReserved(1) : limits,
                        Demand.NONE,
                        sources.sources(0),
                        answers.subnets().rooms(now),
                        taken.misplaced());
        Counts counts = taken.ledger().counts(now);
        gathered.numbers.put("inUse", (long) counts.inUse());
        gathered.numbers.put("cooling", (long) counts.cooling());
        gathered.numbers.put("free", counts.free());
        gathered.numbers.put("interfaces", (long) taken.ledger().interfaces().size());
        if (!settings.cloud().provisioning()) {
            return;
        }
        Plan plan = Planner.plan(taken.ledger(), situation, now);
        for (Action action : plan.actions()) {
            gathered.findings.add(
                    ShadowFinding.change(
                            ShadowPart.POOL, ActionText.of(action), plan.decision().reason()));
        }
        for (String limit : plan.limits()) {
            gathered.findings.add(ShadowFinding.change(ShadowPart.POOL, "not grow further", limit));
        }
    }

    private void compareInterfacesInKernel(TakenOver taken, Gathered gathered)
            throws InterruptedException {
        int mtu = settings.kernel().interfaceMtu();
        for (HeldInterface held : taken.ledger().interfaces()) {
            boolean ours =
                    held.facts().role().managed() && held.facts().role() != InterfaceRole.PRIMARY;
            if (ours && held.stage() == InterfaceStage.SERVING) {
                compare(
                        ShadowPart.ROUTING,
                        "what " + held.id() + " needs is not there, or not so",
                        () -> host.differences(Interfaces.setup(held.facts(), mtu)),
                        gathered);
            }
        }
        try {
            host.missing(GrantedEnds.of(List.of(taken.ledger())))
                    .forEach((address, missing) -> {
                        for (String what : missing) {
                            gathered.findings.add(
                                    ShadowFinding.change(
                                            ShadowPart.ROUTING,
                                            "set " + what,
                                            "the pod with " + address + " lacks it"));
                        }
                    });
        } catch (HostException e) {
            gathered.unseen(ShadowPart.ROUTING, e.getMessage());
        }
    }

    private void compareNode(Facts facts, Gathered gathered) throws InterruptedException {
        NodeSetup setup = settings.nodeSetup(facts.instance().identity(), facts.vpcCidrs());
        compare(
                ShadowPart.ROUTING,
                "what the node needs is not there, or not so",
                () -> host.differences(setup),
                gathered);
        compare(
                ShadowPart.FILTER,
                "what the node needs is not there, or not so",
                () -> host.filterDifferences(setup),
                gathered);
    }

    private static void compare(ShadowPart part, String why, Question question, Gathered gathered)
            throws InterruptedException {
        try {
            for (String what : question.ask()) {
                gathered.findings.add(ShadowFinding.change(part, "set " + what, why));
            }
        } catch (HostException e) {
            gathered.unseen(part, e.getMessage());
        }
    }
}
