package dev.vpccni.fuzz;

import dev.vpccni.testing.Choose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The kept inputs of a target, which lie where Jazzer looks for them ({@code CLASSInputs/METHOD}
 * among the resources), and damaged copies of them.
 */
public final class Inputs {

    /** No input gets longer: what is bounded is read whole, and what is not is refused sooner. */
    private static final int LENGTH_MAX = 16 << 10;

    /** How many damaged inputs a seed stands for: to JUnit each seed is a test. */
    private static final int FOR_EACH_SEED = 100;

    private static final List<String> WORDS =
            List.of(
                    "\"",
                    "\\",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "null",
                    "true",
                    "-1",
                    "1e999",
                    "99999999999999999999",
                    "\0",
                    "=",
                    ";",
                    "\n",
                    "\u00e4\u20ac",
                    "\"\":",
                    "..",
                    "\\u0000",
                    "/33",
                    "fe80::1",
                    "0.0.0.0/0");

    private final List<byte[]> kept = new ArrayList<>();
    private final String folder;

    private Inputs(String folder) {
        this.folder = folder;
    }

    /** What is to hold for every input. */
    @FunctionalInterface
    public interface Target {
        void read(byte[] input) throws Exception;
    }

    /** Returns those of a method of a class, of which there is at least one. */
    public static Inputs of(Class<?> test, String method) {
        String folder = test.getSimpleName() + "Inputs/" + method;
        var inputs = new Inputs(folder);
        URL url = Objects.requireNonNull(test.getResource(folder), folder);
        try (Stream<Path> files = Files.list(Path.of(url.toURI()))) {
            for (Path file : files.sorted().toList()) {
                inputs.kept.add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        if (inputs.kept.isEmpty()) {
            throw new IllegalStateException(folder + " is empty");
        }
        return inputs;
    }

    /**
     * Damages inputs, and has each read.
     *
     * @throws AssertionError with the input, to be kept, if the target fails
     */
    public void damage(RandomGenerator random, Target target) {
        for (int each = 0; each < FOR_EACH_SEED; each++) {
            byte[] input = damaged(random);
            try {
                target.read(input);
            } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
                String text = Base64.getEncoder().encodeToString(input);
                throw new AssertionError("keep in " + folder + " as base64 has it: " + text, e);
            }
        }
    }

    private byte[] damaged(RandomGenerator random) {
        byte[] bytes = kept.get(random.nextInt(kept.size())).clone();
        int times = 1 + random.nextInt(6);
        for (int time = 0; time < times; time++) {
            bytes = damage(random, bytes);
        }
        return bytes.length <= LENGTH_MAX ? bytes : Arrays.copyOf(bytes, LENGTH_MAX);
    }

    private byte[] damage(RandomGenerator random, byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
        return switch (random.nextInt(8)) {
            case 0, 1 -> flipped(random, bytes);
            case 2 -> numbered(random, bytes);
            case 3 -> replaced(bytes, at, end, new byte[0]);
            case 4 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            case 5 -> Arrays.copyOf(bytes, at);
            case 6 -> {
                String word = WORDS.get(random.nextInt(WORDS.size()));
                yield replaced(bytes, at, at, word.getBytes(StandardCharsets.UTF_8));
            }
            default -> {
                byte[] other = kept.get(random.nextInt(kept.size()));
                int from = random.nextInt(other.length + 1);
                yield replaced(bytes, at, end, Arrays.copyOfRange(other, from, other.length));
            }
        };
    }

    private static byte[] flipped(RandomGenerator random, byte[] bytes) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** A length or a number at the edge of what it can be. */
    private static byte[] numbered(RandomGenerator random, byte[] bytes) {
        int size = Choose.of(random, 1, 2, 4);
        if (bytes.length >= size) {
            int at = random.nextInt(bytes.length - size + 1);
            int value =
                    Choose.of(random, 0, 1, -1, 3, 4, 0x7f, 0x7fff, 0xffff, Integer.MAX_VALUE, 32);
            for (int i = 0; i < size; i++) {
                bytes[at + i] = (byte) (value >> (8 * i));
            }
        }
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, int begin, int end, byte[] by) {
        byte[] all = new byte[bytes.length - (end - begin) + by.length];
        System.arraycopy(bytes, 0, all, 0, begin);
        System.arraycopy(by, 0, all, begin, by.length);
        System.arraycopy(bytes, end, all, begin + by.length, bytes.length - end);
        return all;
    }
}
