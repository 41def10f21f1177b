package dev.vpccni.shim;

import static dev.vpccni.shim.ScriptedDaemon.answering;
import static dev.vpccni.shim.ScriptedDaemon.order;
import static dev.vpccni.shim.ScriptedDaemon.reply;
import static dev.vpccni.shim.Shim.config;
import static dev.vpccni.shim.Shim.environment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.Choose;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin under sanitizers, with damaged variables, inputs and answers. */
final class ShimHostileTest {

    /** More by {@code make fuzz}. */
    private static final int RUNS = Integer.getInteger("vpccni.shim.runs", 150);

    private static final long SEED = Long.getLong("vpccni.seed", 20_260_101);

    /** What the sanitizers exit with where they find something; the plugin never does. */
    private static final int FINDING = 99;

    /** What an order may set is set there, and nowhere else. */
    private final String namespace = "vpccni-test-" + ProcessHandle.current().pid() + "-hostile";

    @TempDir Path folder;

    @BeforeEach
    void addNamespace() throws Exception {
        ip("netns", "add", namespace);
    }

    @AfterEach
    void deleteNamespace() throws Exception {
        ip("netns", "del", namespace);
    }

    @Test
    void endsInOrderWhateverItIsGiven() throws Exception {
        List<String> words =
                List.of("ip", "netns", "exec", namespace, Shim.SANITIZED.path().toString());
        for (int run = 0; run < RUNS; run++) {
            long seed = SEED + run;
            var random = new SplittableRandom(seed);
            Path place = Files.createDirectory(folder.resolve("run-" + run));
            Map<String, String> variables = variables(random, place);
            byte[] input = damaged(random, config());
            byte[] answer = answer(random);
            try (ScriptedDaemon _ =
                    new ScriptedDaemon(place.resolve("cni.sock"), answering(answer))) {
                Shim.Outcome outcome = Shim.SANITIZED.run(words, variables, input);
                assertThat(outcome.exit())
                        .as("-Dvpccni.seed=" + seed + " repeats: " + outcome)
                        .isIn(0, 1);
                assertThat(outcome.stderr())
                        .as("-Dvpccni.seed=" + seed)
                        .doesNotContain("Sanitizer", "runtime error");
            }
        }
    }

    private static Map<String, String> variables(RandomGenerator random, Path place) {
        String verb = Choose.of(random, "ADD", "DEL", "CHECK", "STATUS", "GC", "VERSION", "", "x");
        Map<String, String> variables =
                environment(
                        verb,
                        "CNI_NETNS",
                        Choose.of(random, "", "/proc/self/ns/net", "/nowhere", "/", "."),
                        "VPC_CNI_SOCKET",
                        place.resolve("cni.sock").toString(),
                        "VPC_CNI_SPOOL",
                        place.resolve("spool").toString(),
                        "VPC_CNI_DEADLINE_MS",
                        "2000",
                        "ASAN_OPTIONS",
                        "exitcode=" + FINDING + ":detect_leaks=0",
                        "UBSAN_OPTIONS",
                        "exitcode=" + FINDING);
        for (String name : new String[] {"CNI_CONTAINERID", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH"}) {
            if (random.nextInt(4) == 0) {
                variables.put(name, value(random));
            } else if (random.nextInt(8) == 0) {
                variables.remove(name);
            }
        }
        return variables;
    }

    private static String value(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> "a".repeat(Choose.of(random, 0, 15, 16, 255, 256, 4_096, 65_535, 66_000));
            case 1 -> Choose.of(random, "..", "/", "a/b", "%s%n%n", "\"\\\n\t", "\u00e4\u20ac");
            case 2 -> "../".repeat(random.nextInt(100)) + "etc";
            default -> new String(bytes(random, 40), UTF_8).replace('\0', '.');
        };
    }

    /** An answer, or orders and then one, damaged more often than not. */
    private static byte[] answer(RandomGenerator random) {
        byte[] output = bytes(random, Choose.of(random, 0, 1, 100, 70_000));
        int announced =
                Choose.of(
                        random,
                        output.length,
                        output.length + 1,
                        0,
                        -1,
                        Integer.MAX_VALUE,
                        1 << 20);
        byte[] reply =
                reply(
                        Choose.of(random, 1, 1, 1, 2, 0),
                        Choose.of(random, 0, 1, 255, 0xffff),
                        random.nextBoolean() ? output.length : announced,
                        output);
        byte[] order =
                order(
                        Choose.of(random, 2, 2, 1),
                        Choose.of(
                                random,
                                "net/ipv4/nothing=1,",
                                "net/../../etc/x=1,",
                                "kernel/panic=1,",
                                "net/x",
                                "=,",
                                ","));
        byte[] all = random.nextInt(3) == 0 ? joined(order, reply) : reply;
        return random.nextBoolean() ? damaged(random, all) : all;
    }

    private static void ip(String... words) throws Exception {
        var all = new ArrayList<>(List.of("ip"));
        all.addAll(List.of(words));
        assertThat(new ProcessBuilder(all).inheritIO().start().waitFor()).isZero();
    }

    private static byte[] damaged(RandomGenerator random, byte[] bytes) {
        byte[] changed = bytes.clone();
        for (int time = random.nextInt(4); time > 0 && changed.length > 0; time--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0
                ? Arrays.copyOf(changed, random.nextInt(changed.length + 1))
                : changed;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
