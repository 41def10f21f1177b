package dev.vpccni.linux.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.netfilter.FilterChange.Changed;
import dev.vpccni.linux.netfilter.FilterChange.Lost;
import dev.vpccni.linux.netfilter.LegacyTables.Contents;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nft(8) and iptables(8) do in a namespace, as the kernel tells of it. */
@Timeout(30)
class NetfilterTest {

    private NetfilterNamespace namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new NetfilterNamespace();
    }

    @AfterEach
    void removeNamespace() throws IOException {
        namespace.close();
    }

    @Test
    void tablesChainsAndRulesAreHeardOf() throws Exception {
        try (FilterMonitor monitor = namespace.inside(FilterMonitor::open)) {
            namespace.run("nft", "add", "table", "ip", "some");
            namespace.run("nft", "add", "chain", "ip", "some", "things");
            namespace.run("nft", "add", "rule", "ip", "some", "things", "counter");
            namespace.run("nft", "flush", "chain", "ip", "some", "things");
            namespace.run("nft", "delete", "chain", "ip", "some", "things");
            namespace.run("nft", "delete", "table", "ip", "some");

            assertThat(heard(monitor))
                    .containsExactly(
                            new Changed(FilterMonitor.IPV4, "some", "", false),
                            new Changed(FilterMonitor.IPV4, "some", "things", false),
                            new Changed(FilterMonitor.IPV4, "some", "things", false),
                            new Changed(FilterMonitor.IPV4, "some", "things", true),
                            new Changed(FilterMonitor.IPV4, "some", "things", true),
                            new Changed(FilterMonitor.IPV4, "some", "", true));
        }
    }

    @Test
    void eachFamilyHasItsNumber() throws Exception {
        try (FilterMonitor monitor = namespace.inside(FilterMonitor::open)) {
            namespace.run("nft", "add", "table", "ip6", "some");

            assertThat(heard(monitor))
                    .containsExactly(new Changed(FilterMonitor.IPV6, "some", "", false));
        }
    }

    @Test
    void saysThatChangesWereLost() throws Exception {
        var many = new StringBuilder("table ip some { chain things {\n");
        many.append("ip saddr 10.0.0.1 counter return\n".repeat(5_000));
        try (FilterMonitor monitor = namespace.inside(FilterMonitor::open)) {
            namespace.feed(many.append("}\n}\n").toString(), "nft", "-f", "-");

            assertThat(heard(monitor)).contains(new Lost());
        }
    }

    @Test
    void theSizeOfAnOldTableSaysThatItHasChanged() throws Exception {
        try (LegacyTables tables = namespace.inside(LegacyTables::open)) {
            namespace.run("iptables-legacy", "-t", "nat", "-N", "SOME");
            Contents before = nat(tables);
            namespace.run("iptables-legacy", "-t", "nat", "-A", "SOME", "-j", "RETURN");
            Contents filled = nat(tables);
            namespace.run("iptables-legacy", "-t", "nat", "-F");
            Contents flushed = nat(tables);

            assertThat(filled.entries()).isEqualTo(before.entries() + 1);
            assertThat(filled.bytes()).isGreaterThan(before.bytes());
            assertThat(flushed).isEqualTo(before);
        }
    }

    @Test
    void aTableThatDoesNotExistHasNoSize() throws Exception {
        try (LegacyTables tables = namespace.inside(LegacyTables::open)) {
            assertThat(tables.contents(List.of("nobodys"))).isEmpty();
        }
    }

    private static Contents nat(LegacyTables tables) throws IOException {
        return Objects.requireNonNull(tables.contents(List.of("nat")).get("nat"));
    }

    private static List<FilterChange> heard(FilterMonitor monitor) throws IOException {
        var heard = new ArrayList<FilterChange>();
        for (List<FilterChange> some = monitor.receive(Duration.ZERO);
                !some.isEmpty();
                some = monitor.receive(Duration.ZERO)) {
            heard.addAll(some);
        }
        return heard;
    }
}
