package dev.vpccni.node.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceTest {

    private static final String OURS = "node.k8s.amazonaws.com/instance_id";
    private static final String UNMANAGED = "node.k8s.amazonaws.com/no_manage";

    private final Instance instance = instance(CloudSettings.DEFAULT);

    @Test
    void describesItsInterfacesByItself() {
        assertThat(instance.description()).isEqualTo("aws-K8S-i-1");
    }

    @Test
    void tagsItsInterfacesAsUpstreamDoes() {
        var additional = new TreeMap<String, String>();
        additional.put("team", "net");
        var settings = new CloudSettings("blue", additional, true, true, true, true);

        assertThat(instance(settings).tags(Instant.parse("2026-01-01T00:00:01.9Z")))
                .containsExactly(
                        entry("cluster.k8s.amazonaws.com/name", "blue"),
                        entry("eks:eni:owner", "amazon-vpc-cni"),
                        entry("node.k8s.amazonaws.com/createdAt", "2026-01-01T00:00:01Z"),
                        entry(OURS, "i-1"),
                        entry("team", "net"));
    }

    @Test
    void whereThereIsNoClusterNameItNamesNoOwnerEither() {
        assertThat(instance.lastingTags()).containsExactly(entry(OURS, "i-1"));
    }

    @Test
    void findsTheTagsThatAreMissingOrOtherwise() {
        var settings = new CloudSettings("blue", new TreeMap<>(), true, true, true, true);
        ObservedInterface shown =
                shown(1, "interface", tags("cluster.k8s.amazonaws.com/name", "green"));

        assertThat(instance(settings).missingTags(shown))
                .containsExactly(
                        entry("cluster.k8s.amazonaws.com/name", "blue"),
                        entry("eks:eni:owner", "amazon-vpc-cni"),
                        entry(OURS, "i-1"));
        assertThat(instance.missingTags(Nouns.shown(1, 0))).isEmpty();
    }

    @Test
    void seesAnAttachedInterfaceInTheLedgersWords() {
        assertThat(instance.seen(Nouns.shown(1, 2)))
                .isEqualTo(new SeenInterface(Nouns.facts(1), Nouns.blocks(1, 2)));
    }

    @ParameterizedTest
    @CsvSource({"attached, true", "attaching, true", "detaching, false", "detached, false"})
    void seesNothingThatIsOnItsWayOut(String status, boolean seen) {
        var attachment = new ObservedInterface.Attachment(Nouns.attachment(1), status, 0, 1, true);

        assertThat(instance.seen(shown(1, "interface", Nouns.tags(), attachment)) != null)
                .isEqualTo(seen);
    }

    @Test
    void seesNothingThatHangsOnNothing() {
        assertThat(instance.seen(Nouns.unattached(1, 2))).isNull();
    }

    @Test
    void seesNothingInASubnetWhoseBlockIsNotKnownUntilItIs() {
        var ignorant =
                new Instance(
                        Nouns.IDENTITY,
                        CloudSettings.DEFAULT,
                        AddressingSettings.DEFAULT,
                        0,
                        new TreeMap<>());
        assertThat(ignorant.seen(Nouns.shown(1, 2))).isNull();

        Instance taught = ignorant.with(List.of(Nouns.subnet("subnet-1", 9)));

        assertThat(taught.seen(Nouns.shown(1, 2))).isNotNull();
        assertThat(taught.with(List.of(Nouns.subnet("subnet-2", 9))).subnets())
                .containsOnlyKeys(Nouns.SUBNET, new SubnetId("subnet-2"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, interface, PRIMARY",
        "1, interface, SECONDARY",
        "1, trunk, TRUNK",
        "1, efa, EFA",
        "1, efa-only, UNMANAGED",
        "0, efa-only, PRIMARY"
    })
    void tellsInterfacesApart(int device, String type, InterfaceRole role) {
        assertThat(role(instance, shown(device, type, Nouns.tags()))).isEqualTo(role);
    }

    /** Each card has a pool of its own, with its own limits. */
    @Test
    void whatHangsOnAnotherCardIsSeenByThatCardsPoolOnly() {
        var attachment =
                new ObservedInterface.Attachment(Nouns.attachment(1), "attached", 1, 0, true);
        ObservedInterface there = shown(1, "interface", Nouns.tags(), attachment);

        assertThat(instance.seen(there)).isNull();
        InterfaceFacts facts = Objects.requireNonNull(instance.onCard(1).seen(there)).facts();
        assertThat(facts.card()).isEqualTo(1);
        assertThat(facts.role())
                .as("device 0 is the primary one's on the first card only")
                .isEqualTo(InterfaceRole.SECONDARY);
        assertThat(facts.table()).isEqualTo(10_100);
        assertThat(instance.onCard(1).seen(Nouns.shown(0, 1))).isNull();
    }

    @Test
    void thePrimaryOneIsOursWhateverItsTagsSay() {
        SortedMap<String, String> tags = tags(UNMANAGED, "true");

        assertThat(role(instance, shown(0, "interface", tags))).isEqualTo(InterfaceRole.PRIMARY);
    }

    /**
     * The classes of interfaces, by type, tags and setting (ipamd.md 2.3). The instance is {@code
     * i-1}; {@code -} is a tag that is not there.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // no_manage | instance_id | MANAGE_UNTAGGED_ENI | type | role
                "true  | i-1 | true  | interface | UNMANAGED",
                "true  | i-1 | false | interface | UNMANAGED",
                "true  | i-2 | true  | interface | UNMANAGED",
                "true  | -   | true  | interface | UNMANAGED",
                "true  | -   | true  | efa       | UNMANAGED",
                "true  | -   | true  | trunk     | UNMANAGED",
                "false | i-1 | true  | interface | SECONDARY",
                "false | -   | false | interface | SECONDARY",
                "false | i-2 | false | interface | SECONDARY",
                "TRUE  | -   | false | interface | SECONDARY",
                "''    | -   | false | interface | SECONDARY",
                "-     | i-1 | true  | interface | SECONDARY",
                "-     | i-1 | false | interface | SECONDARY",
                "-     | i-2 | true  | interface | SECONDARY",
                "-     | -   | true  | interface | SECONDARY",
                "-     | i-2 | false | interface | UNMANAGED",
                "-     | -   | false | interface | UNMANAGED",
                "-     | -   | true  | trunk     | TRUNK",
                "-     | -   | false | trunk     | UNMANAGED",
                "-     | -   | true  | efa       | EFA",
                "-     | i-1 | false | efa       | EFA",
                "-     | -   | false | efa       | UNMANAGED",
                "-     | i-1 | true  | efa-only  | UNMANAGED",
                "false | i-1 | true  | efa-only  | UNMANAGED",
            })
    void classesAreUpstreams(
            String unmanaged, String maker, boolean untagged, String type, InterfaceRole role) {
        var tags = new TreeMap<String, String>();
        put(tags, UNMANAGED, unmanaged);
        put(tags, OURS, maker);
        var settings = new CloudSettings("", new TreeMap<>(), true, true, untagged, true);

        assertThat(role(instance(settings), shown(1, type, tags))).isEqualTo(role);
        if (!type.equals("efa-only")) {
            assertThat(role(instance(settings), shown(0, type, tags)))
                    .as("the primary interface is ours whatever is said of it")
                    .isEqualTo(InterfaceRole.PRIMARY);
        }
    }

    private static void put(SortedMap<String, String> tags, String key, String value) {
        if (!value.equals("-")) {
            tags.put(key, value);
        }
    }

    private static InterfaceRole role(Instance instance, ObservedInterface shown) {
        return Objects.requireNonNull(instance.seen(shown)).facts().role();
    }

    private static Instance instance(CloudSettings settings) {
        return new Instance(
                        Nouns.IDENTITY, settings, AddressingSettings.DEFAULT, 0, new TreeMap<>())
                .with(List.of(Nouns.subnet("subnet-1", 9)));
    }

    private static ObservedInterface shown(
            int device, String type, SortedMap<String, String> tags) {
        return shown(device, type, tags, Nouns.attached(device));
    }

    private static ObservedInterface shown(
            int device,
            String type,
            SortedMap<String, String> tags,
            ObservedInterface.@Nullable Attachment attachment) {
        return Nouns.shown(device, 0, type, tags, attachment);
    }

    private static SortedMap<String, String> tags(String key, String value) {
        var tags = new TreeMap<String, String>();
        tags.put(key, value);
        return tags;
    }

    private static java.util.Map.Entry<String, String> entry(String key, String value) {
        return java.util.Map.entry(key, value);
    }
}
