package dev.vpccni.node.shadow;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.FakeHost;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.HostReading;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A node that another daemon serves: its primary interface has three addresses, two with pods. */
abstract class ShadowFixture {

    final FakeHost kernel = new FakeHost();
    final ScriptedEc2 ec2 = new ScriptedEc2();
    final ScriptedMetadata metadata = new ScriptedMetadata();
    final ManualTempo tempo = new ManualTempo();
    final List<Checkpoint.Grant> grants = new ArrayList<>();
    final List<Checkpoint.Cooling> released = new ArrayList<>();
    final TreeSet<InterfaceId> pool = new TreeSet<>();
    final TreeSet<IpAddress> assigned = new TreeSet<>();
    final TreeMap<String, String> told = new TreeMap<>();
    @Nullable String silence;
    @Nullable String wrong;
    @Nullable String unreadable;
    boolean withoutRights;

    @BeforeEach
    void whatIsThere() {
        show(0, 3);
        ec2.on("subnets", List.of(Nouns.subnet("subnet-1", 99)))
                .on("attached", List.of(Nouns.shown(0, 3)))
                .on("described", List.of());
        pool.add(Nouns.id(0));
        pod(0);
        pod(1);
    }

    /** Shows the interface at device {@code n} in metadata, and its link. */
    void show(int n, int count) {
        List<Ipv4Address> addresses = new ArrayList<>(Nouns.addresses(n, count));
        addresses.addFirst(Nouns.address(n, -1));
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(n),
                        Nouns.mac(n),
                        0,
                        n,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        addresses,
                        List.of()));
        kernel.link(Nouns.mac(n));
    }

    /** Has a pod have the primary interface's address {@code n}, since five minutes. */
    void pod(int n) {
        grant(n, Duration.ofMinutes(5));
        kernel.pod(Nouns.address(0, n), InterfaceNames.host("eni", Nouns.pod(n)));
    }

    /** Has the checkpoint say that a pod has it. */
    void grant(int n, Duration age) {
        grants.add(
                new Checkpoint.Grant(
                        Nouns.address(0, n),
                        Nouns.key(n),
                        Nouns.pod(n),
                        ManualTempo.START.minus(age)));
        assigned.add(Nouns.address(0, n));
    }

    ShadowLook look(NodeSettings settings) {
        return new ShadowLook(
                settings,
                this::checkpoint,
                this::daemon,
                new View(),
                metadata,
                ec2,
                tempo,
                new Retry(tempo, FixedRandom.MOST));
    }

    ShadowReport report() throws InterruptedException {
        return look(NodeSettings.DEFAULT).look();
    }

    private CheckpointView.Seen checkpoint() throws IOException {
        if (unreadable != null) {
            throw new IOException(unreadable);
        }
        return wrong == null
                ? new CheckpointView.Seen(Checkpoint.ofGrants(grants), null)
                : new CheckpointView.Seen(null, wrong);
    }

    private OtherDaemon.Told daemon() throws IOException {
        if (silence != null) {
            throw new IOException(silence);
        }
        return new OtherDaemon.Told(pool, assigned, released, told);
    }

    /** The kernel, which lacks a rule, and has all of the packet filter. */
    private final class View implements HostReading {

        @Override
        public HostNetwork.Observation observe() throws HostException {
            return kernel.observe();
        }

        @Override
        public List<String> differences(NodeSetup setup) {
            return List.of("rule 1024");
        }

        @Override
        public List<String> filterDifferences(NodeSetup setup) throws HostException {
            if (withoutRights) {
                throw new HostException(
                        new HostFailure.Refused("iptables-save", 1), "not permitted", null);
            }
            return List.of();
        }

        @Override
        public List<String> differences(InterfaceSetup setup) {
            return List.of("route of " + setup.primaryAddress());
        }

        @Override
        public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends) throws HostException {
            return kernel.missing(ends);
        }
    }

    static List<String> whats(ShadowReport report, ShadowPart part) {
        return report.findings().stream()
                .filter(finding -> finding.part() == part)
                .map(finding -> (finding.attention() ? "! " : "") + finding.what())
                .toList();
    }
}
