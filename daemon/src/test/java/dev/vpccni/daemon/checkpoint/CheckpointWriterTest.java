package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A writer that is used again writes what one that knows nothing would write. */
final class CheckpointWriterTest {

    private static final Instant START = Instant.ofEpochSecond(1_755_700_000L);
    private static final WriteTime NOW = new WriteTime("boot-1", 5, START);
    private static final SubnetId SUBNET = new SubnetId("subnet-1");
    private static final InterfaceTemplate TEMPLATE =
            new InterfaceTemplate(SUBNET, List.of(new SecurityGroupId("sg-1")), 0, IpFamily.IPV4);
    private static final int STEPS = 60;

    @SeededTest(runs = 300)
    void remembersNothingThatIsNotSo(RandomGenerator random) throws Exception {
        var writer = new CheckpointWriter();
        Ledger ledger = Ledger.empty(Duration.ofSeconds(30), Choose.of(random, BlockKind.values()));
        Instant now = START;
        List<Checkpoint> all = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            now = now.plusSeconds(Choose.of(random, 0, 0, 1, 10, 31, 61, -40));
            ledger = ledger.apply(command(random), now).ledger();
            all.add(ledger.checkpoint());
            isWrittenAsByAnother(writer, all.getLast());
            if (random.nextInt(8) == 0) { // one that fails is no part of what comes after it
                isWrittenAsByAnother(writer, all.get(random.nextInt(all.size())));
            }
        }
        byte[] text = writer.write(all.getLast(), NOW);
        assertThat(CheckpointReader.read(text))
                .isEqualTo(new CheckpointReader.Text(all.getLast(), NOW));
    }

    @SeededTest(runs = 200)
    void remembersNothingOfQuiteAnotherOne(RandomGenerator random) {
        var writer = new CheckpointWriter();
        for (int i = 0; i < 5; i++) {
            isWrittenAsByAnother(writer, Checkpoints.any(random));
        }
    }

    private static void isWrittenAsByAnother(CheckpointWriter writer, Checkpoint checkpoint) {
        assertThat(writer.write(checkpoint, NOW))
                .isEqualTo(new CheckpointWriter().write(checkpoint, NOW));
    }

    private static Command command(RandomGenerator random) {
        int n = random.nextInt(3);
        InterfaceId id = facts(n).id();
        List<Cidr> some = Choose.list(random, 1, 5, () -> block(random, n));
        return switch (random.nextInt(15)) {
            case 0, 1, 2 -> new Command.Assign(key(random), new PodName("<team>", "web"));
            case 3, 4 -> new Command.Release(key(random));
            case 5 -> new Command.AddInterface(facts(n), some, null);
            case 6 -> new Command.Discover(facts(n), some);
            case 7 -> new Command.AddBlocks(id, some);
            case 8 -> new Command.BeginRelease(id, some);
            case 9 ->
                    random.nextBoolean()
                            ? new Command.ConfirmReleased(id, some)
                            : new Command.CancelRelease(id, some);
            case 10 ->
                    random.nextBoolean()
                            ? new Command.Doubt(id, some)
                            : new Command.Trust(id, some);
            case 11 -> new Command.Suspend(id);
            case 12 -> new Command.BeginCreate("token-" + n, TEMPLATE, n, kind(random), 3, START);
            case 13 -> new Command.BeginAssign(id, kind(random), 1 + random.nextInt(3));
            default ->
                    random.nextBoolean()
                            ? new Command.BeginRemoval(id)
                            : new Command.ConfirmRemoved(id);
        };
    }

    private static AttachmentKey key(RandomGenerator random) {
        return new AttachmentKey("aws-cni", "container-" + random.nextInt(9), "eth0");
    }

    private static InterfaceFacts facts(int n) {
        return new InterfaceFacts(
                new InterfaceId("eni-" + n),
                new MacAddress(0x02_00_00_00_00_00L + n),
                SUBNET,
                Ipv4Cidr.parse("10.0.0.0/16"),
                0,
                n,
                null,
                address(n, 100),
                n == 0 ? InterfaceRole.PRIMARY : InterfaceRole.SECONDARY,
                true);
    }

    private static BlockKind kind(RandomGenerator random) {
        return Choose.of(random, BlockKind.values());
    }

    /** Returns a single address of the interface, or a prefix of either family. */
    private static Cidr block(RandomGenerator random, int n) {
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> address(n, random.nextInt(8)).only();
            case 3, 4 -> Cidr.of(address(n, 127 + 16 * random.nextInt(2)), 28);
            default -> Cidr.of(new Ipv6Address(0x2001_0db8L << 32, (long) n << 48), 80);
        };
    }

    private static Ipv4Address address(int n, int i) {
        return Ipv4Address.parse("10.0.0.0").plus(256 * n + i + 1);
    }
}
