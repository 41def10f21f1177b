package dev.vpccni.controller;

import dev.vpccni.controller.PodBook.BookException;
import dev.vpccni.controller.plan.Branch;
import dev.vpccni.controller.plan.BranchRules;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.controller.plan.TrunkPlan;
import dev.vpccni.controller.plan.TrunkState;
import dev.vpccni.controller.plan.TrunkStep;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.TrunkEc2;
import dev.vpccni.node.port.TrunkEc2.Association;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps one node's trunk and branches as its pods want them, a step at a time. What it knows may be
 * lost between any two requests: tags say which pod an interface was made for, so that another
 * keeper goes on from there. One thread uses it.
 */
final class TrunkKeeper {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final int DOUBLINGS_MAX = 6;

    /**
     * Somebody may have changed in EC2 what nobody told of, or a predecessor's request was late.
     */
    static final Duration LOOK = Duration.ofMinutes(30);

    /** What concerns the whole node is postponed under this name. */
    private static final String NODE = "";

    private final TrunkEc2 ec2;
    private final NodeEc2 nodeEc2;
    private final PodBook book;
    private final BranchRules rules;
    private final InstantSource clock;
    private final Reporter reporter;
    private final SortedMap<SubnetId, ObservedSubnet> subnets = new TreeMap<>();
    private final SortedMap<String, Integer> failures = new TreeMap<>();
    private final SortedMap<String, Integer> attempts = new TreeMap<>();
    private TrunkState state;
    private Instant nextLook = Instant.MAX;
    private String told = "";

    TrunkKeeper(
            NodeEc2 nodeEc2,
            int limit,
            TrunkEc2 ec2,
            PodBook book,
            BranchRules rules,
            InstantSource clock,
            Reporter reporter) {
        this.nodeEc2 = nodeEc2;
        this.ec2 = ec2;
        this.book = book;
        this.rules = rules;
        this.clock = clock;
        this.reporter = reporter;
        state = TrunkState.unknown(limit);
    }

    /** Tells whether the node has its trunk. */
    boolean hasTrunk() {
        return state.trunk() != null;
    }

    /**
     * Does what is next.
     *
     * @param pods the living ones that want an interface, by uid
     * @return until when there is nothing to do unless something changes; now, if there is more
     */
    Instant step(SortedMap<String, PodWish> pods, Placement placement) throws InterruptedException {
        Instant now = clock.instant();
        attempts.keySet().retainAll(pods.keySet());
        state = state.at(now, pods, rules);
        failures.keySet().removeIf(what -> isForgotten(what, pods));
        Instant nodeUntil = state.postponed().get(NODE);
        if (nodeUntil != null) {
            return nodeUntil;
        }
        if (!now.isBefore(nextLook)) {
            state = state.inDoubt();
        }
        TrunkStep step = TrunkPlan.next(state, pods, placement, rules, now);
        if (step instanceof TrunkStep.Rest(Instant until, var waiting)) {
            tell(waiting.isEmpty() ? "" : step.text());
            waiting.forEach(one -> reporter.waits(one.pod(), one.why()));
            failures.remove(NODE);
            return until == null || until.isAfter(nextLook) ? nextLook : until;
        }
        tell(step.text());
        String about = about(step);
        try {
            carryOut(step, placement);
            if (!(step
                    instanceof TrunkStep.Observe)) { // What follows from it may have failed before.
                failures.remove(about);
                failures.remove(NODE);
            }
        } catch (Ec2Exception e) {
            String message = String.valueOf(e.getMessage());
            fail(step, about, e.failure(), message);
            waits(step, message);
        } catch (BookException e) {
            postpone(about, String.valueOf(e.getMessage()));
        }
        return clock.instant();
    }

    private boolean isForgotten(String what, SortedMap<String, PodWish> pods) {
        return !what.equals(NODE)
                && !pods.containsKey(what)
                && !state.postponed().containsKey(what)
                && state.branches().keySet().stream().noneMatch(id -> id.value().equals(what));
    }

    private static String about(TrunkStep step) {
        return switch (step) {
            case TrunkStep.Create(PodWish pod, _) -> pod.uid();
            case TrunkStep.Claim(_, Branch branch, _, _) -> branch.id().value();
            case TrunkStep.Associate(Branch branch, _, _) -> branch.podUid();
            case TrunkStep.Annotate(PodWish pod, _) -> pod.uid();
            case TrunkStep.Confirm(Branch branch) -> branch.id().value();
            case TrunkStep.Disassociate(Branch branch, _) -> branch.id().value();
            case TrunkStep.Delete(Branch branch) -> branch.id().value();
            case TrunkStep.MakeWarm warm -> warm.about();
            case TrunkStep.Observe _, TrunkStep.MakeTrunk _, TrunkStep.Rest _ -> NODE;
        };
    }

    private void waits(TrunkStep step, String why) {
        switch (step) {
            case TrunkStep.Create(PodWish pod, _) -> reporter.waits(pod, why);
            case TrunkStep.Claim(PodWish pod, _, _, _) -> reporter.waits(pod, why);
            case TrunkStep.Annotate(PodWish pod, _) -> reporter.waits(pod, why);
            case TrunkStep.Associate _,
                    TrunkStep.Confirm _,
                    TrunkStep.Disassociate _,
                    TrunkStep.Delete _,
                    TrunkStep.MakeWarm _,
                    TrunkStep.Observe _,
                    TrunkStep.MakeTrunk _,
                    TrunkStep.Rest _ -> {
                // The log says it.
            }
        }
    }

    private void carryOut(TrunkStep step, Placement placement)
            throws Ec2Exception, BookException, InterruptedException {
        switch (step) {
            case TrunkStep.Observe _ -> {
                state = state.observed(nodeEc2.observe());
                nextLook = clock.instant().plus(LOOK);
            }
            case TrunkStep.MakeTrunk _ -> state = state.withTrunk(nodeEc2.makeTrunk(placement));
            case TrunkStep.Create(PodWish pod, SubnetId subnet) -> {
                InterfaceId trunk = Objects.requireNonNull(state.trunk());
                int attempt = attempts.getOrDefault(pod.uid(), 0);
                state = state.with(nodeEc2.create(pod, subnet, trunk, attempt));
            }
            case TrunkStep.MakeWarm(var groups, SubnetId subnet) -> {
                InterfaceId trunk = Objects.requireNonNull(state.trunk());
                state = state.with(nodeEc2.createWarm(groups, subnet, trunk));
            }
            case TrunkStep.Claim(PodWish pod, Branch branch, InterfaceId trunk, int vlan) -> {
                // Of two keepers one makes it a branch; the pod is told of what is tagged only.
                Association made = nodeEc2.associate(branch.id(), trunk, vlan);
                state = state.with(branch.with(made.id(), made.vlan()));
                nodeEc2.tag(branch.id(), pod);
                state = state.with(branch.with(made.id(), made.vlan()).of(pod));
            }
            case TrunkStep.Associate(Branch branch, InterfaceId trunk, int vlan) -> {
                Association made = nodeEc2.associate(branch.id(), trunk, vlan);
                state = state.with(branch.with(made.id(), made.vlan()));
            }
            case TrunkStep.Annotate(PodWish pod, Branch branch) -> annotate(pod, branch);
            case TrunkStep.Confirm(Branch branch) -> confirm(branch);
            case TrunkStep.Disassociate(Branch branch, String association) -> {
                if (isStillSo(branch)) {
                    ec2.disassociate(association);
                    state = state.with(branch.with(null, 0));
                    if (branch.podUid().isEmpty()) {
                        // It was a branch, if nobody's that is known of: it is not used again.
                        ec2.delete(branch.id());
                        state = state.without(branch.id());
                    }
                }
            }
            case TrunkStep.Delete(Branch branch) -> {
                ec2.delete(branch.id());
                state = state.without(branch.id());
            }
            case TrunkStep.Rest _ -> {
                // Nothing is to be done.
            }
        }
    }

    private void annotate(PodWish pod, Branch branch)
            throws Ec2Exception, BookException, InterruptedException {
        ObservedSubnet subnet = subnets.get(branch.subnet());
        if (subnet == null) {
            subnet = ec2.subnet(branch.subnet());
            subnets.put(branch.subnet(), subnet);
        }
        PodBook.Written written = book.annotate(pod, Annotation.text(branch, subnet));
        // What was written, by whomever, is heard of by the watch.
        String why =
                written == PodBook.Written.DONE
                        ? ""
                        : pod.pod() + " has changed meanwhile, and is looked at again";
        postpone(pod.uid(), why);
    }

    /** A watch may be late by more than a cool-down: the server itself is asked, once. */
    private void confirm(Branch branch) throws BookException, InterruptedException {
        if (book.needs(branch)) {
            postpone(
                    branch.id().value(),
                    branch.pod() + " is there after all, and keeps " + branch.id());
        } else {
            state = state.idle(branch.id(), clock.instant());
        }
    }

    /** What was made nobody's branch by a predecessor may have got its tag a moment later. */
    private boolean isStillSo(Branch branch) throws Ec2Exception, InterruptedException {
        if (branch.podUid().isEmpty()) {
            state = state.observed(nodeEc2.observe());
            return branch.equals(state.branches().get(branch.id()));
        }
        return true;
    }

    private void fail(TrunkStep step, String about, Ec2Failure failure, String message) {
        switch (failure) {
            case Ec2Failure.Gone _ -> {
                if (step instanceof TrunkStep.Associate(Branch branch, _, _)) {
                    attempts.merge(branch.podUid(), 1, Integer::sum);
                }
                if (step instanceof TrunkStep.Delete(Branch branch)) {
                    state = state.without(branch.id());
                    return;
                }
                state = state.inDoubt();
                postpone(about, message);
            }
            case Ec2Failure.Throttled _,
                    Ec2Failure.Unavailable _,
                    Ec2Failure.Denied _,
                    Ec2Failure.NoCredentials _ -> {
                // Of a step of two requests the first one may have been carried out.
                state = state.inDoubt();
                postpone(NODE, message);
            }
            case Ec2Failure.SubnetFull _ -> postpone(about, message);
            case Ec2Failure.Ambiguous _,
                    Ec2Failure.WrongState _,
                    Ec2Failure.LimitExceeded _,
                    Ec2Failure.DeviceTaken _,
                    Ec2Failure.Fragmented _,
                    Ec2Failure.Rejected _ -> {
                state = state.inDoubt();
                postpone(about, message);
            }
        }
    }

    private void postpone(String about, String why) {
        int count = failures.merge(about, 1, Integer::sum);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(count - 1, DOUBLINGS_MAX));
        Duration shorter = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        state = state.postponed(about, clock.instant().plus(shorter));
        if (!why.isEmpty()) {
            tell(why + "; again in " + shorter.toSeconds() + " s");
        }
    }

    private void tell(String line) {
        if (!line.equals(told) && !line.isEmpty()) {
            reporter.line(line);
        }
        told = line;
    }
}
