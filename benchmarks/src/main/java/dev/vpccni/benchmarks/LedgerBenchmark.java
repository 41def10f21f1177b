package dev.vpccni.benchmarks;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Step;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one command costs a ledger with few addresses, and with very many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LedgerBenchmark {

    private static final int EACH = 49;
    private static final int POD_EVERY = 20;
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    /** How many addresses the ledger has, three quarters of them in use, or 1,000 of a /80. */
    @Param({
        "49 single",
        "490 single",
        "4900 single",
        "9996 single",
        "784 in /28",
        "10192 in /28",
        "1334 in /80"
    })
    private String held = "";

    private int addresses;
    private Ledger ledger = Ledger.empty(COOLDOWN, BlockKind.ADDRESS);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private AttachmentKey[] keys = {};
    private int oldest;
    private int next;

    /** Fills the ledger. */
    @Setup
    public void fill() {
        String[] words = held.split(" ", 2);
        addresses = Integer.parseInt(words[0]);
        switch (words[1]) {
            case "single" -> {
                ledger = Ledger.empty(COOLDOWN, BlockKind.ADDRESS);
                for (int device = 0; device < addresses / EACH; device++) {
                    apply(new Command.AddInterface(facts(device), singles(device), null));
                }
            }
            case "in /28" -> {
                ledger = Ledger.empty(COOLDOWN, BlockKind.PREFIX);
                for (int device = 0; device < addresses / EACH / 16; device++) {
                    apply(new Command.AddInterface(facts(device), prefixes(device), null));
                }
            }
            default -> {
                ledger = Ledger.empty(COOLDOWN, BlockKind.PREFIX);
                List<Cidr> one = List.of(Cidr.parse("2001:db8::/80"));
                apply(new Command.AddInterface(facts(0), one, null));
            }
        }
        keys = new AttachmentKey[addresses * 3 / 4];
        for (next = 0; next < keys.length; next++) {
            keys[next] = key(next);
            apply(new Command.Assign(keys[next], new PodName("default", "pod")));
        }
        oldest = 0;
    }

    /** Takes the oldest pod's address back and grants another pod one: two commands. */
    @Benchmark
    public Ledger releaseAndAssign() {
        // Pods live long enough for what they leave to cool down before it is needed again.
        now = now.plusMillis(30_000L * POD_EVERY / addresses);
        apply(new Command.Release(keys[oldest]));
        keys[oldest] = key(next++);
        apply(new Command.Assign(keys[oldest], new PodName("default", "pod")));
        oldest = (oldest + 1) % keys.length;
        return ledger;
    }

    private void apply(Command command) {
        Step step = ledger.apply(command, now);
        ledger = step.ledger();
    }

    /** Returns a key that looks like a sandbox's: its differences lie anywhere in the text. */
    private static AttachmentKey key(int n) {
        long mixed = (n + 1) * 0x9E37_79B9_7F4A_7C15L;
        return new AttachmentKey("aws-cni", Long.toHexString(mixed) + "-sandbox", "eth0");
    }

    private static List<Cidr> singles(int device) {
        var mine = new ArrayList<Cidr>();
        for (int i = 1; i <= EACH; i++) {
            mine.add(Ipv4Address.parse("10.0.0.0").plus(device * 64L + i).only());
        }
        return mine;
    }

    private static List<Cidr> prefixes(int device) {
        var mine = new ArrayList<Cidr>();
        for (int i = 0; i < EACH; i++) {
            mine.add(Cidr.of(Ipv4Address.parse("10.64.0.0").plus((device * 64L + i) * 16), 28));
        }
        return mine;
    }

    private static InterfaceFacts facts(int device) {
        return new InterfaceFacts(
                new InterfaceId("eni-%017x".formatted(device)),
                new MacAddress(0x0200_0000_0000L + device),
                new SubnetId("subnet-0"),
                Cidr.parse("10.0.0.0/8"),
                0,
                device,
                null,
                Ipv4Address.parse("10.0.0.0").plus(device * 64L),
                device == 0 ? InterfaceRole.PRIMARY : InterfaceRole.SECONDARY,
                true);
    }
}
