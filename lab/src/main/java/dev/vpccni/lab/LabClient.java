package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Drives a lab from another process. */
public final class LabClient {

    private static final Duration START = Duration.ofMinutes(2);

    /** Its own deadlines are shorter, and say what it was. */
    private static final Duration START_OF_CLUSTER = Duration.ofMinutes(10);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Path ROOT_FOLDER = Path.of("/run");

    private final LabFolder folder;

    /**
     * @param name of the lab
     * @throws IllegalArgumentException if no lab can be called so
     */
    public LabClient(String name) {
        this.folder = new LabFolder(name);
    }

    /**
     * Starts a lab in a process of its own and waits until it serves.
     *
     * @throws IOException if there is one of this name, or it did not start: with its last words
     */
    public void up(LabSettings settings) throws IOException, InterruptedException {
        requireRoot();
        if (isServing()) {
            throw new IOException(
                    "the lab \"" + settings.name() + "\" is up; `vpc-cni lab down` takes it down");
        }
        Path log = folder.log();
        Files.createDirectories(log.toAbsolutePath().getParent());
        var words = new ArrayList<>(List.of("setsid", java()));
        words.addAll(
                List.of("-Dlogback.configurationFile=vpccni-console.xml", "-Dvpccni.log=INFO"));
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        LabMain.class.getName(),
                        settings.text()));
        var builder =
                new ProcessBuilder(words)
                        .directory(ROOT_FOLDER.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(log.toFile())
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", Program.PATH);
        Process process = builder.start();
        Duration patience = settings.kubernetes() == null ? START : START_OF_CLUSTER;
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isServing()) {
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the lab did not start: " + lastWords(log));
            }
            if (System.nanoTime() > deadline) {
                process.destroy();
                throw new IOException(
                        "the lab did not start in " + patience.toSeconds() + " s; see " + log);
            }
        }
    }

    /**
     * Asks the lab.
     *
     * @param members of the request, {@code verb} among them
     * @return the answer
     * @throws IOException if there is no lab, or it refused: with its reason
     */
    public JsonObject ask(Map<String, ?> members) throws IOException {
        requireRoot();
        try (SocketChannel channel = connect()) {
            byte[] request = (Json.compact(members) + "\n").getBytes(StandardCharsets.UTF_8);
            for (var bytes = ByteBuffer.wrap(request); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            var reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line == null) {
                throw new IOException("the lab ended before it answered");
            }
            JsonObject reply = JsonObject.parse(line);
            if (reply.has("error")) {
                throw new IOException(reply.string("error"));
            }
            return reply;
        } catch (JsonException e) {
            throw new IOException("the lab's answer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns a program that runs on a node or in a pod, with no variables but those that the lab
     * gives to people there. The caller starts it.
     *
     * @param where the name of the node or the pod
     * @throws IOException if there is no lab, or nothing of that name
     */
    public ProcessBuilder program(String where, List<String> words) throws IOException {
        JsonObject entry = ask(Map.of("verb", "enter", "where", where, "words", words));
        try {
            var builder = new ProcessBuilder(entry.strings("words"));
            builder.environment().clear();
            JsonObject environment = entry.object("environment");
            for (String name : environment.names()) {
                builder.environment().put(name, environment.string(name));
            }
            return builder;
        } catch (JsonException e) {
            throw new IOException("the lab's answer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the file of the network namespace of a node or a pod.
     *
     * @throws IOException if there is no lab, or nothing of that name
     */
    public Path networkNamespace(String where) throws IOException {
        String option = "--net=";
        return program(where, List.of("true")).command().stream()
                .filter(word -> word.startsWith(option))
                .map(word -> Path.of(word.substring(option.length())))
                .findFirst()
                .orElseThrow();
    }

    /** Takes the lab down, or removes what an interrupted one left. */
    public void down() throws IOException {
        requireRoot();
        if (isServing()) {
            ask(Map.of("verb", "down"));
        } else {
            LeftOvers.remove(folder);
        }
    }

    /** Tells whether there is a lab that answers. */
    public boolean isServing() {
        try (SocketChannel channel = connect()) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.connect(UnixDomainSocketAddress.of(folder.socket()));
            connected = true;
            return channel;
        } catch (IOException e) {
            throw new IOException(
                    "no lab \"" + folder.name() + "\" is up; `vpc-cni lab up` starts one", e);
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    private static void requireRoot() throws IOException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new IOException("a lab makes network namespaces, and that takes root");
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String lastWords(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "no word of it in " + log : lines.getLast();
    }
}
