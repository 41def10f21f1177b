package dev.vpccni.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.controller.plan.Branch;
import dev.vpccni.controller.plan.BranchRules;
import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.BranchLimits;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** One node, its pods and a modelled cloud, in which what must never happen is looked for. */
final class TrunkWorld {

    static final int LIMIT = BranchLimits.known().of("m5.large");
    static final BranchRules RULES = BranchRules.DEFAULT;

    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final CloudEc2 ec2 = new CloudEc2(() -> now, Latency.INSTANT);
    final InstanceId instance = ec2.instance("m5.large");
    final List<GroupSet> groups =
            List.of(
                    GroupSet.of(List.of(ec2.group("a"))),
                    GroupSet.of(List.of(ec2.group("b"), ec2.group("c"))));
    final Book book = new Book();
    final List<String> log = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    Placement placement = new Placement.OfPrimary();
    private final SortedMap<String, String> owners = new TreeMap<>();
    private final SortedMap<Integer, Instant> ended = new TreeMap<>();
    private int podNumber;
    private int keeperNumber;

    /** A pod of the API server. */
    record Pod(String uid, PodName name, GroupSet groups, String annotation, int version) {

        int vlan() {
            try {
                return annotation.isEmpty() ? 0 : (int) entry().integer("vlanID");
            } catch (JsonException e) {
                throw new AssertionError(e);
            }
        }

        String eni() {
            return annotation.isEmpty() ? "" : String.valueOf(entry().value("eniId"));
        }

        JsonObject entry() {
            try {
                if (Json.parse(annotation) instanceof List<?> all) {
                    return JsonObject.of(all.getFirst(), "");
                }
                throw new AssertionError(annotation);
            } catch (JsonException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The API server, whose requests may be broken as EC2's. */
    final class Book implements PodBook {

        final SortedMap<String, Pod> pods = new TreeMap<>();
        CloudEc2.Faults faults = CloudEc2.Faults.NONE;

        @Override
        public Written annotate(PodWish wish, String text) throws BookException {
            fault(false);
            Pod pod = pods.get(wish.uid());
            boolean same = pod != null && String.valueOf(pod.version).equals(wish.version());
            if (pod != null && same) {
                assertThat(pod.annotation).as("an annotation is written once").isEmpty();
                Pod told = new Pod(pod.uid, pod.name, pod.groups, text, pod.version + 1);
                pods.put(pod.uid, told);
                noteGiven(told);
            }
            fault(true);
            return same ? Written.DONE : Written.CHANGED;
        }

        @Override
        public boolean needs(Branch branch) throws BookException {
            fault(false);
            Pod pod = pods.get(branch.podUid());
            return pod != null
                    && (pod.annotation.isEmpty() || pod.eni().equals(branch.id().value()));
        }

        private void fault(boolean after) throws BookException {
            try {
                faults.at("pods", after);
            } catch (Ec2Exception e) {
                throw new BookException("lost", e);
            }
        }

        SortedMap<String, PodWish> wishes() {
            SortedMap<String, PodWish> wishes = new TreeMap<>();
            for (Pod pod : pods.values()) {
                wishes.put(
                        pod.uid,
                        new PodWish(
                                pod.uid,
                                pod.name,
                                String.valueOf(pod.version),
                                pod.groups,
                                pod.eni(),
                                pod.vlan()));
            }
            return wishes;
        }
    }

    private void noteGiven(Pod pod) {
        String before = owners.putIfAbsent(pod.eni(), pod.uid);
        assertThat(before).as("%s is given twice", pod.eni()).isNull();
        EniDescription eni = eni(pod);
        assertThat(eni.tags().get(BranchTags.POD_UID)).as("the tag").isEqualTo(pod.uid);
        assertThat(GroupSet.of(eni.groups().keySet())).as("groups").isEqualTo(pod.groups);
        Instant end = ended.get(pod.vlan());
        if (end != null) {
            assertThat(Duration.between(end, now))
                    .as("VLAN %s rests", pod.vlan())
                    .isGreaterThanOrEqualTo(RULES.cooldown());
        }
    }

    EniDescription eni(Pod pod) {
        return ec2.all().stream()
                .filter(one -> one.id().value().equals(pod.eni()))
                .findFirst()
                .orElseThrow();
    }

    TrunkKeeper keeper() {
        var type = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        var node = new TrunkNode("node-1", "uid-of-node", instance, type, LIMIT);
        Reporter reporter =
                new Reporter() {
                    @Override
                    public void line(String line) {
                        log.add(line);
                    }

                    @Override
                    public void waits(PodWish pod, String why) {
                        events.add(pod.pod() + ": " + why);
                    }
                };
        var nodeEc2 = new NodeEc2(node, "test", ec2, new Random(++keeperNumber));
        return new TrunkKeeper(nodeEc2, LIMIT, ec2, book, RULES, () -> now, reporter);
    }

    String addPod() {
        return addPod(groups.getFirst());
    }

    String addPod(GroupSet of) {
        String uid = "uid-%04d".formatted(podNumber++);
        var name = new PodName("default", "pod-" + podNumber % 5);
        book.pods.put(uid, new Pod(uid, name, of, "", 1));
        return uid;
    }

    void endPod(String uid) {
        Pod pod = Objects.requireNonNull(book.pods.remove(uid));
        if (pod.vlan() > 0) {
            ended.put(pod.vlan(), now);
        }
    }

    /** What must hold after every step, whoever has done what. */
    void check() {
        SortedMap<String, TrunkAssociation> branches = new TreeMap<>();
        ec2.branches().forEach(one -> branches.put(one.branch().value(), one));
        SortedMap<Integer, String> vlans = new TreeMap<>();
        for (Pod pod : book.pods.values()) {
            if (!pod.annotation.isEmpty()) {
                TrunkAssociation branch = branches.get(pod.eni());
                assertThat(branch == null ? 0 : branch.vlan())
                        .as("the VLAN of the branch of the living pod %s", pod.uid)
                        .isEqualTo(pod.vlan());
                assertThat(vlans.put(pod.vlan(), pod.uid)).as("VLAN %s", pod.vlan()).isNull();
            }
        }
        assertThat(branches).hasSizeLessThanOrEqualTo(LIMIT);
        long trunks = ec2.all().stream().filter(eni -> eni.type().equals("trunk")).count();
        assertThat(trunks).isLessThanOrEqualTo(1);
    }

    /** Has a keeper do a step, as it sees pods, and returns until when it rests. */
    Instant step(TrunkKeeper keeper, SortedMap<String, PodWish> pods) {
        int before = ec2.requests;
        try {
            return keeper.step(pods, placement);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            if (ec2.requests != before) {
                check();
            }
        }
    }

    /** Lets a keeper work in peace until nothing is left to do but to look again. */
    void settle(TrunkKeeper keeper) {
        for (int i = 0; i < 2_000; i++) {
            Instant until = step(keeper, book.wishes());
            if (until.isAfter(now.plus(RULES.keep()))) {
                return;
            }
            now = until.isAfter(now) ? until : now.plusMillis(10);
        }
        throw new AssertionError("no rest after " + log.subList(log.size() - 20, log.size()));
    }

    /** Lets a keeper work until it rests, without time passing. */
    void work(TrunkKeeper keeper) {
        for (int i = 0; i < 200; i++) {
            if (step(keeper, book.wishes()).isAfter(now)) {
                return;
            }
        }
        throw new AssertionError("no rest after " + log.subList(log.size() - 20, log.size()));
    }

    /** Returns the interfaces that wait for pods. */
    List<EniDescription> warm() {
        return ec2.all().stream()
                .filter(eni -> eni.tags().containsKey(BranchTags.TRUNK))
                .filter(eni -> !eni.tags().containsKey(BranchTags.POD_UID))
                .filter(eni -> eni.status().equals("available"))
                .toList();
    }
}
