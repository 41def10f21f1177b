package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
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
                        Choose.list(
                                random,
                                0,
                                3,
                                () ->
                                        new Checkpoint.DepartedBlock(
                                                anyBlock(random), anyInstant(random))),
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
                random, 0, 3, () -> new Checkpoint.Cooling(anyAddress(random), anyInstant(random)));
    }

    /** Of either family; of IPv6 also such as RFC 5952 writes otherwise than one would think. */
    private static IpAddress anyAddress(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Ipv6Address(random.nextLong(), random.nextLong());
            case 1 -> new Ipv6Address(0x2001_0db8L << 32, random.nextInt(1 << 16));
            default -> new Ipv4Address(random.nextInt());
        };
    }

    private static Cidr anyBlock(RandomGenerator random) {
        BlockKind kind = Choose.of(random, BlockKind.values());
        IpAddress address = anyAddress(random);
        return Cidr.of(address, kind.prefixLength(address.family()));
    }

    private static InterfaceId anyId(RandomGenerator random) {
        return new InterfaceId("eni-" + anyText(random));
    }

    private static Checkpoint.Grant anyGrant(RandomGenerator random) {
        return new Checkpoint.Grant(
                anyAddress(random),
                new AttachmentKey(anyText(random), anyText(random), anyText(random)),
                new PodName(anyText(random), anyText(random)),
                anyInstant(random),
                1 + random.nextInt(3));
    }

    private static Checkpoint.Intent anyIntent(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Checkpoint.Intent.Remove(anyId(random), anyInstant(random));
            case 1 ->
                    new Checkpoint.Intent.Release(
                            anyId(random), anyBlocks(random), anyInstant(random));
            case 2 ->
                    new Checkpoint.Intent.Assign(
                            anyId(random),
                            Choose.of(random, BlockKind.values()),
                            random.nextInt(50),
                            anyInstant(random));
            default ->
                    new Checkpoint.Intent.Create(
                            anyText(random),
                            anyTemplate(random),
                            random.nextInt(15),
                            Choose.of(random, BlockKind.values()),
                            random.nextInt(50),
                            anyInstant(random),
                            random.nextBoolean() ? null : anyId(random),
                            anyInstant(random));
        };
    }

    private static InterfaceTemplate anyTemplate(RandomGenerator random) {
        return new InterfaceTemplate(
                new SubnetId("subnet-" + anyText(random)),
                Choose.list(random, 0, 3, () -> new SecurityGroupId("sg-" + anyText(random))),
                random.nextInt(4),
                Choose.of(random, IpFamily.values()));
    }

    private static List<Cidr> anyBlocks(RandomGenerator random) {
        return Choose.list(random, 0, 4, () -> anyBlock(random));
    }

    private static Checkpoint.Interface anyInterface(RandomGenerator random) {
        return new Checkpoint.Interface(
                anyFacts(random),
                anyBlocks(random),
                anyBlocks(random),
                random.nextBoolean(),
                anyInstant(random));
    }

    private static InterfaceFacts anyFacts(RandomGenerator random) {
        IpAddress somewhere = anyAddress(random);
        return new InterfaceFacts(
                anyId(random),
                new MacAddress(random.nextLong(1L << 48)),
                new SubnetId("subnet-1"),
                Cidr.of(somewhere, random.nextInt(somewhere.family().bits() + 1)),
                random.nextInt(4),
                random.nextInt(15),
                random.nextBoolean() ? null : new AttachmentId("eni-attach-1"),
                anyAddress(random),
                Choose.of(random, InterfaceRole.values()),
                random.nextBoolean());
    }

    private static Instant anyInstant(RandomGenerator random) {
        return Instant.ofEpochSecond(
                Choose.between(random, 0, Integer.MAX_VALUE), random.nextInt(1_000_000_000));
    }

    private static String anyText(RandomGenerator random) {
        return Choose.of(random, "", "a", "web-0", "<&>", "\"\\\n", "ü€", "x".repeat(200));
    }
}
