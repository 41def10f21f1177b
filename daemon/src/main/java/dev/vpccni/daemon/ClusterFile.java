package dev.vpccni.daemon;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a file says in place of the cluster's objects, for a node without a cluster:
 *
 * <pre>
 *   {"eniConfig": {"name": "us-west-2a", "subnet": "subnet-1", "securityGroups": ["sg-1"]},
 *    "schedulable": true,
 *    "pods": [{"namespace": "default", "name": "web-0"}]}
 * </pre>
 *
 * Each member may be absent. A file that cannot be read says nothing, and why.
 */
final class ClusterFile implements Cluster {

    /** Bytes; what is larger is not read. */
    static final int SIZE_MAX = 1 << 20;

    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final byte[] EMPTY = {};

    private final Path file;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private byte[] last = EMPTY;
    private volatile View view;

    ClusterFile(Path file) {
        this.file = file;
        view = unreadable("was not read yet");
        look();
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Looks at the file twice a second until it is interrupted. */
    void watch(Tempo tempo) {
        try {
            while (true) {
                tempo.pause(PERIOD);
                if (look()) {
                    listeners.forEach(Runnable::run);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once; tells whether something has changed. */
    boolean look() {
        View before = view;
        try {
            byte[] text = read();
            if (!Arrays.equals(text, last)) {
                last = EMPTY;
                view = parse(JsonObject.parse(text));
                last = text;
            }
        } catch (NoSuchFileException e) {
            last = EMPTY;
            view = unreadable("does not exist");
        } catch (IOException | JsonException | IllegalArgumentException e) {
            last = EMPTY;
            view = unreadable("cannot be understood: " + e.getMessage());
        }
        return !view.equals(before);
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(SIZE_MAX + 1);
            if (text.length > SIZE_MAX) {
                throw new IOException("it has more than " + SIZE_MAX + " bytes");
            }
            return text;
        }
    }

    private View unreadable(String why) {
        return new View(
                new InterfaceConfig.Unknown("the file " + file + " " + why), true, new TreeSet<>());
    }

    private View parse(JsonObject text) throws JsonException {
        SortedSet<PodName> pods = new TreeSet<>();
        if (text.has("pods")) {
            for (JsonObject pod : text.objects("pods")) {
                pods.add(new PodName(pod.string("namespace"), pod.string("name")));
            }
        }
        JsonObject config = text.objectOrNull("eniConfig");
        return new View(
                config == null
                        ? new InterfaceConfig.Unknown("the file " + file + " names no eniConfig")
                        : known(config),
                text.truth("schedulable", true),
                pods);
    }

    private static InterfaceConfig known(JsonObject config) throws JsonException {
        List<String> groups =
                config.has("securityGroups") ? config.strings("securityGroups") : List.of();
        return new InterfaceConfig.Known(
                config.string("name"),
                new SubnetId(config.string("subnet")),
                groups.stream().map(SecurityGroupId::new).toList());
    }
}
