package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Checkpoints for tests. */
final class Checkpoints {

    private static final long SECONDS = 1_755_700_000L;

    private Checkpoints() {}

    static Checkpoint.Grant grant(int number) {
        return new Checkpoint.Grant(
                Ipv4Address.parse("10.0.0.0").plus(number),
                new AttachmentKey("aws-cni", "container-" + number, "eth0"),
                new PodName("default", "pod-" + number),
                Instant.ofEpochSecond(SECONDS + number, 123_456_789));
    }

    static Checkpoint withGrants(int count) {
        List<Checkpoint.Grant> grants = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            grants.add(grant(i));
        }
        return new Checkpoint(grants, List.of(), List.of(), List.of());
    }

    /** Any checkpoint, with texts that need escapes. */
    static Checkpoint any(RandomGenerator random) {
        return new Checkpoint(
                Choose.list(random, 0, 5, () -> anyGrant(random)),
                Choose.list(
                        random,
                        0,
                        3,
                        () ->
                                new Checkpoint.Cooling(
                                        new Ipv4Address(random.nextInt()), anyInstant(random))),
                Choose.list(random, 0, 3, () -> anyIntent(random)),
                Choose.list(random, 0, 3, () -> anyInterface(random)));
    }

    private static Checkpoint.Grant anyGrant(RandomGenerator random) {
        return new Checkpoint.Grant(
                new Ipv4Address(random.nextInt()),
                new AttachmentKey(anyText(random), anyText(random), anyText(random)),
                new PodName(anyText(random), anyText(random)),
                anyInstant(random));
    }

    private static Checkpoint.Intent anyIntent(RandomGenerator random) {
        return random.nextBoolean()
                ? new Checkpoint.Intent.Remove(
                        new InterfaceId("eni-" + anyText(random)), anyInstant(random))
                : new Checkpoint.Intent.Create(
                        anyText(random),
                        random.nextInt(15),
                        random.nextInt(50),
                        random.nextBoolean() ? null : new InterfaceId("eni-1"),
                        anyInstant(random));
    }

    private static Checkpoint.Interface anyInterface(RandomGenerator random) {
        return new Checkpoint.Interface(
                new InterfaceId("eni-" + anyText(random)),
                new MacAddress(random.nextLong(1L << 48)),
                new SubnetId("subnet-1"),
                Ipv4Cidr.of(new Ipv4Address(random.nextInt()), random.nextInt(33)),
                random.nextInt(15),
                random.nextBoolean() ? null : new AttachmentId("eni-attach-1"),
                new Ipv4Address(random.nextInt()),
                Choose.list(random, 0, 4, () -> new Ipv4Address(random.nextInt())),
                Choose.of(random, InterfaceRole.values()),
                anyInstant(random));
    }

    private static Instant anyInstant(RandomGenerator random) {
        return Instant.ofEpochSecond(
                Choose.between(random, 0, Integer.MAX_VALUE), random.nextInt(1_000_000_000));
    }

    private static String anyText(RandomGenerator random) {
        return Choose.of(random, "", "a", "web-0", "<&>", "\"\\\n", "ü€", "x".repeat(200));
    }
}
