package dev.vpccni.linux.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.netfilter.FilterChange.Changed;
import dev.vpccni.linux.netfilter.FilterChange.Lost;
import dev.vpccni.linux.netfilter.LegacyTables.Contents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nft(8) and iptables(8) do in a namespace, as the kernel tells of it. */
@Timeout(30)
class NetfilterTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path namespace =
            Path.of(
                    "/run/netns",
                    "vpccni-test-filter-"
                            + ProcessHandle.current().pid()
                            + "-"
                            + NUMBER.incrementAndGet());
    private NamespaceThread thread;

    @BeforeEach
    void makeNamespace() throws IOException {
        NetworkNamespace.create(namespace);
        thread = NamespaceThread.start("vpccni-test-filter");
    }

    @AfterEach
    void removeNamespace() throws IOException {
        thread.close();
        NetworkNamespace.remove(namespace);
    }

    @Test
    void tablesChainsAndRulesAreHeardOf() throws Exception {
        try (FilterMonitor monitor = thread.inside(namespace, FilterMonitor::open)) {
            run("", "nft", "add", "table", "ip", "some");
            run("", "nft", "add", "chain", "ip", "some", "things");
            run("", "nft", "add", "rule", "ip", "some", "things", "counter");
            run("", "nft", "flush", "chain", "ip", "some", "things");
            run("", "nft", "delete", "chain", "ip", "some", "things");
            run("", "nft", "delete", "table", "ip", "some");

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
        try (FilterMonitor monitor = thread.inside(namespace, FilterMonitor::open)) {
            run("", "nft", "add", "table", "ip6", "some");

            assertThat(heard(monitor))
                    .containsExactly(new Changed(FilterMonitor.IPV6, "some", "", false));
        }
    }

    @Test
    void saysThatChangesWereLost() throws Exception {
        var many = new StringBuilder("table ip some { chain things {\n");
        many.append("ip saddr 10.0.0.1 counter return\n".repeat(5_000));
        try (FilterMonitor monitor = thread.inside(namespace, FilterMonitor::open)) {
            run(many.append("}\n}\n").toString(), "nft", "-f", "-");

            assertThat(heard(monitor)).contains(new Lost());
        }
    }

    @Test
    void theSizeOfAnOldTableSaysThatItHasChanged() throws Exception {
        try (LegacyTables tables = thread.inside(namespace, LegacyTables::open)) {
            run("", "iptables-legacy", "-t", "nat", "-N", "SOME");
            Contents before = nat(tables);
            run("", "iptables-legacy", "-t", "nat", "-A", "SOME", "-j", "RETURN");
            Contents filled = nat(tables);
            run("", "iptables-legacy", "-t", "nat", "-F");
            Contents flushed = nat(tables);

            assertThat(filled.entries()).isEqualTo(before.entries() + 1);
            assertThat(filled.bytes()).isGreaterThan(before.bytes());
            assertThat(flushed).isEqualTo(before);
        }
    }

    @Test
    void aTableThatDoesNotExistHasNoSize() throws Exception {
        try (LegacyTables tables = thread.inside(namespace, LegacyTables::open)) {
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

    private void run(String input, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("nsenter", "--net=" + namespace));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
    }
}
