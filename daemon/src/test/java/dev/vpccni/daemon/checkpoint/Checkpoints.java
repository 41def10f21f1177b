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
        return Checkpoint.ofGrants(grants);
    }

    /** Any checkpoint, with texts that need escapes. */
    static Checkpoint any(RandomGenerator random) {
        return new Checkpoint(
                Choose.list(random, 0, 5, () -> anyGrant(random)),
                anyCooling(random),
                Choose.list(random, 0, 5, () -> anyIntent(random)),
                Choose.list(random, 0, 3, () -> anyInterface(random)),
                new Checkpoint.Departed(
                        anyCooling(random),
                        Choose.list(
                                random,
                                0,
                                3,
                                () ->
                                        new Checkpoint.DepartedInterface(
                                                anyId(random), anyInstant(random)))));
    }

    private static List<Checkpoint.Cooling> anyCooling(RandomGenerator random) {
        return Choose.list(
                random,
                0,
                3,
                () ->
                        new Checkpoint.Cooling(
                                new Ipv4Address(random.nextInt()), anyInstant(random)));
    }

    private static InterfaceId anyId(RandomGenerator random) {
        return new InterfaceId("eni-" + anyText(random));
    }

    private static Checkpoint.Grant anyGrant(RandomGenerator random) {
        return new Checkpoint.Grant(
                new Ipv4Address(random.nextInt()),
                new AttachmentKey(anyText(random), anyText(random), anyText(random)),
                new PodName(anyText(random), anyText(random)),
                anyInstant(random));
    }

    private static Checkpoint.Intent anyIntent(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Checkpoint.Intent.Remove(anyId(random), anyInstant(random));
            case 1 ->
                    new Checkpoint.Intent.Release(
                            anyId(random), anyAddresses(random), anyInstant(random));
            case 2 ->
                    new Checkpoint.Intent.Assign(
                            anyId(random), random.nextInt(50), anyInstant(random));
            default ->
                    new Checkpoint.Intent.Create(
                            anyText(random),
                            new SubnetId("subnet-" + anyText(random)),
                            random.nextInt(15),
                            random.nextInt(50),
                            anyInstant(random),
                            random.nextBoolean() ? null : anyId(random),
                            anyInstant(random));
        };
    }

    private static List<Ipv4Address> anyAddresses(RandomGenerator random) {
        return Choose.list(random, 0, 4, () -> new Ipv4Address(random.nextInt()));
    }

    private static Checkpoint.Interface anyInterface(RandomGenerator random) {
        return new Checkpoint.Interface(
                anyId(random),
                new MacAddress(random.nextLong(1L << 48)),
                new SubnetId("subnet-1"),
                Ipv4Cidr.of(new Ipv4Address(random.nextInt()), random.nextInt(33)),
                random.nextInt(15),
                random.nextBoolean() ? null : new AttachmentId("eni-attach-1"),
                new Ipv4Address(random.nextInt()),
                anyAddresses(random),
                Choose.of(random, InterfaceRole.values()),
                random.nextBoolean(),
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
