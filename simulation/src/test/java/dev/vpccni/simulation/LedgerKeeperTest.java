package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.simulation.host.LosingStore;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerKeeperTest {

    private static final InterfaceId ENI = new InterfaceId("eni-1");

    private final Baton baton = new Baton(1);
    private final SimulatedProcess process = baton.process("daemon");
    private final LosingStore disk = new LosingStore();
    private final LedgerKeeper keeper =
            new LedgerKeeper(
                    Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS),
                    Checkpoint.EMPTY,
                    disk.of(process),
                    process);
    private final List<String> served = new ArrayList<>();
    private final List<String> unserved = new ArrayList<>();

    @BeforeEach
    void run() {
        process.start("keeper", keeper::run);
        apply(
                new Command.AddInterface(
                        new InterfaceFacts(
                                ENI,
                                MacAddress.local(1),
                                new SubnetId("subnet-1"),
                                Ipv4Cidr.parse("10.0.0.0/24"),
                                0,
                                0,
                                null,
                                Ipv4Address.parse("10.0.0.4"),
                                InterfaceRole.PRIMARY,
                                true),
                        List.of(),
                        null));
    }

    @Test
    void writesOnceForAllWhoComeTogether() {
        addAddresses(5, 100);
        int before = disk.writes();
        for (int i = 0; i < 100; i++) {
            assign("pod-" + i, Duration.ZERO);
        }
        baton.runFor(Duration.ofSeconds(1));

        assertThat(served).hasSize(100);
        assertThat(disk.writes() - before).isLessThanOrEqualTo(2);
        assertThat(disk.durable().grants()).hasSize(100);
    }

    @Test
    void servesThoseWhoWaitInTheirOrder() {
        for (int i = 0; i < 4; i++) {
            assign("pod-" + i, Duration.ofSeconds(60));
            baton.runFor(Duration.ofSeconds(1));
        }
        assertThat(keeper.waiting()).isEqualTo(4);

        addAddresses(5, 2);

        assertThat(served).containsExactlyInAnyOrder("pod-0", "pod-1");
        assertThat(keeper.waiting()).isEqualTo(2);
    }

    @Test
    void wakesWhoWaitsTheMomentAnAddressHasCooledDown() {
        addAddresses(5, 1);
        assign("first", Duration.ZERO);
        baton.runFor(Duration.ofSeconds(1));
        apply(new Command.Release(key("first")));
        assign("second", Duration.ofSeconds(60));

        baton.runFor(Duration.ofSeconds(28));
        assertThat(served).containsExactly("first");
        baton.runFor(Duration.ofSeconds(2));
        assertThat(served).containsExactly("first", "second");
    }

    @Test
    void grantsNothingToWhoGaveUp() {
        assign("impatient", Duration.ofSeconds(5));
        baton.runFor(Duration.ofSeconds(6));
        addAddresses(5, 1);

        assertThat(unserved).containsExactly("impatient");
        assertThat(keeper.ledger().checkpoint().grants()).isEmpty();
    }

    @Test
    void dismissesWhoNeedNotWait() {
        assign("leaving", Duration.ofSeconds(60));
        assign("staying", Duration.ofSeconds(60));
        baton.runFor(Duration.ofSeconds(1));

        process.start("dismiss", () -> keeper.dismiss(key("leaving")::equals));
        baton.runFor(Duration.ofSeconds(1));

        assertThat(unserved).containsExactly("leaving");
        assertThat(keeper.waiting()).isEqualTo(1);
    }

    @Test
    void aFailedWriteFailsItsBatchAndPublishesNothing() {
        addAddresses(5, 2);
        disk.full(true);
        assign("pod", Duration.ZERO);
        baton.runFor(Duration.ofSeconds(1));

        assertThat(unserved).containsExactly("pod: No space left on device");
        assertThat(keeper.ledger().grant(key("pod"))).isNull();

        disk.full(false);
        assign("pod", Duration.ZERO);
        baton.runFor(Duration.ofSeconds(1));
        assertThat(served).containsExactly("pod");
    }

    private void addAddresses(int from, int count) {
        apply(
                new Command.AddBlocks(
                        ENI,
                        IntStream.range(from, from + count)
                                .mapToObj(i -> Ipv4Address.parse("10.0.0." + i).only())
                                .toList()));
    }

    private void apply(Command command) {
        process.start(
                "command",
                () -> {
                    try {
                        assertThat(keeper.apply(command)).isNotInstanceOf(Outcome.Refused.class);
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        baton.runFor(Duration.ofMillis(10));
    }

    private void assign(String name, Duration patience) {
        process.start(
                name,
                () -> {
                    try {
                        Outcome outcome =
                                keeper.assign(
                                        new Command.Assign(key(name), new PodName("default", name)),
                                        patience,
                                        () -> true);
                        (outcome instanceof Outcome.Granted ? served : unserved).add(name);
                    } catch (IOException e) {
                        unserved.add(name + ": " + e.getMessage());
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
    }

    private static AttachmentKey key(String name) {
        return new AttachmentKey("aws-cni", name, "eth0");
    }
}
