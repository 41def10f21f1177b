package dev.vpccni.node.shadow;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Facts;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.pool.Subnets;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What EC2 has said, asked for seldom: each answer holds for five minutes, unless metadata has
 * changed since. EC2 counts the requests of all nodes together, and those of the daemon that serves
 * pods go first, so that after a failure nothing is asked for a minute, then longer, up to half an
 * hour. Used by one thread.
 */
final class CloudAnswers {

    private static final Duration OLD = Duration.ofMinutes(5);
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration FIRST_REST = Duration.ofMinutes(1);
    private static final Duration LONGEST_REST = Duration.ofMinutes(30);

    /** Whoever makes an interface attaches it within seconds; this is not our own making. */
    private static final Duration LOST_AGE_MIN = Duration.ofMinutes(5);

    private final Ec2Reader ec2;
    private final Tempo tempo;
    private final Retry retry;
    private final Explanations silent;
    private @Nullable Current current;
    private @Nullable Subnets subnets;
    private @Nullable InstanceType type;
    private List<ObservedInterface> attached = List.of();
    private List<ObservedInterface> lost = List.of();
    private SortedSet<Cidr> metadata = new TreeSet<>();
    private long askedAt;
    private boolean answered;
    private int failures;
    private long restUntil;
    private String problem = "it was not asked yet";

    CloudAnswers(Ec2Reader ec2, Tempo tempo, Retry retry) {
        this.ec2 = ec2;
        this.tempo = tempo;
        this.retry = retry;
        silent = new Explanations(tempo::wall, _ -> {});
        restUntil = tempo.nanos();
    }

    /**
     * Everything that EC2 has said.
     *
     * @param lost this node's interfaces that hang on nothing
     */
    record Answers(
            Current current,
            Subnets subnets,
            InstanceType type,
            List<ObservedInterface> attached,
            List<ObservedInterface> lost) {}

    /** Returns what is known, asking if that is due; null if there is nothing to go by. */
    @Nullable Answers answers(Facts facts) throws InterruptedException {
        Current known = known(facts);
        Subnets rooms = subnets;
        if (rooms == null) {
            rooms = new Subnets(ec2, tempo, retry, known, silent);
            subnets = rooms;
        }
        if (isDue(facts)) {
            ask(known, rooms, facts);
        }
        InstanceType what = type;
        return answered && what != null ? new Answers(known, rooms, what, attached, lost) : null;
    }

    /** Returns why there is nothing to go by. */
    String problem() {
        return problem;
    }

    private Current known(Facts facts) {
        Current known = current;
        if (known == null) {
            known = new Current(facts);
            current = known;
        }
        known.vpcCidrs(facts.vpcCidrs());
        known.groups(facts.groups());
        for (var subnet : facts.instance().subnets().entrySet()) {
            if (!known.instance().subnets().containsKey(subnet.getKey())) {
                known.learn(subnet.getKey(), subnet.getValue().cidrs());
            }
        }
        return known;
    }

    private boolean isDue(Facts facts) {
        long now = tempo.nanos();
        if (now < restUntil) {
            return false;
        }
        Duration age = metadata.equals(facts.blocks()) ? OLD : YOUNG;
        return !answered || now - askedAt >= age.toNanos();
    }

    private void ask(Current known, Subnets rooms, Facts facts) throws InterruptedException {
        Instance self = known.instance();
        try {
            if (type == null) {
                type = type(self.identity().instanceType());
            }
            List<ObservedInterface> shown = ec2.describeAttached(self.identity().instance());
            List<ObservedInterface> own =
                    ec2.describeByDescription(self.identity().vpc(), self.description());
            if (shown.stream().noneMatch(one -> one.id().equals(primary(self)))) {
                throw new Ec2Exception(
                        "DescribeNetworkInterfaces",
                        new Ec2Failure.Unavailable(),
                        "the primary interface is not shown yet",
                        null);
            }
            attached = List.copyOf(shown);
            lost = own.stream().filter(this::isLost).toList();
            var _ = rooms.refresh(Duration.ZERO);
            metadata = new TreeSet<>(facts.blocks());
            askedAt = tempo.nanos();
            answered = true;
            failures = 0;
            problem = "";
        } catch (Ec2Exception e) {
            // Half of an answer, or an old one beside new metadata, would tell what is not so.
            answered = false;
            failures++;
            problem = String.valueOf(e.getMessage());
            restUntil = tempo.nanos() + retry.after(failures, FIRST_REST, LONGEST_REST).toNanos();
        }
    }

    private static InterfaceId primary(Instance self) {
        return self.identity().primaryInterface();
    }

    private InstanceType type(String name) throws Ec2Exception, InterruptedException {
        InstanceType built = InstanceTypes.known().find(name);
        return built == null ? ec2.instanceType(name) : built;
    }

    private boolean isLost(ObservedInterface shown) {
        String created = shown.tags().getOrDefault(Instance.CREATED_TAG, "");
        try {
            return shown.attachment() == null
                    && OffsetDateTime.parse(created)
                            .toInstant()
                            .plus(LOST_AGE_MIN)
                            .isBefore(tempo.wall());
        } catch (DateTimeException e) {
            return false; // Nobody deletes what does not say when it was made.
        }
    }
}
