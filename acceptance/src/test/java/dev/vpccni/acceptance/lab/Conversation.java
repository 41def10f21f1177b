package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A pod that sends a packet to another 100 times a second, each of which should be answered. */
public final class Conversation implements AutoCloseable {

    private static final Pattern ANSWERED = Pattern.compile("icmp_seq=(\\d+) .*time=");

    private final Process ping;
    private final Path said;

    private Conversation(Process ping, Path said) {
        this.ping = ping;
        this.said = said;
    }

    public static Conversation start(LabUnderTest lab, String pod, String address)
            throws IOException, JsonException {
        Path said = Files.createTempFile("vpccni-test", ".ping");
        // Without a limit it would outlive a test that was killed.
        var words = List.of("ping", "-n", "-i", "0.01", "-w", "300", address);
        return new Conversation(lab.start(pod, said, words), said);
    }

    /**
     * Ends it.
     *
     * @param least how many packets must have been answered
     * @return the packets that were sent and not answered
     */
    public List<Integer> unanswered(int least) throws IOException, InterruptedException {
        assertThat(ping.isAlive()).as("ping ended: %s", Files.readString(said)).isTrue();
        // Told to end by this signal, it prints what it has kept back.
        long pid = LabUnderTest.program(ping).pid();
        new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor();
        assertThat(ping.waitFor(10, TimeUnit.SECONDS)).isTrue();
        List<Integer> answered =
                ANSWERED.matcher(Files.readString(said))
                        .results()
                        .map(result -> Integer.valueOf(result.group(1)))
                        .toList();
        assertThat(answered).hasSizeGreaterThan(least);
        // The last one may have been on its way.
        return IntStream.rangeClosed(1, answered.getLast())
                .filter(number -> !answered.contains(number))
                .boxed()
                .toList();
    }

    @Override
    public void close() throws IOException {
        ping.destroyForcibly();
        Files.delete(said);
    }
}
