package dev.vpccni.emulator.fabric;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Named network namespaces, as {@code ip netns} keeps them. */
public final class Namespaces {

    private static final Path FOLDER = Path.of("/run/netns");

    private Namespaces() {}

    /** Makes a namespace whose loopback is up. */
    public static void create(String name) throws IOException {
        Program.of("ip", "netns", "add", name).run();
        ip(name, List.of("link set dev lo up"));
    }

    /** Returns the file that stands for namespace {@code name}. */
    public static Path path(String name) {
        return FOLDER.resolve(name);
    }

    /** Removes namespace {@code name}; one that is not there is not missed. */
    public static void delete(String name) throws IOException {
        if (Files.exists(path(name))) {
            Program.of("ip", "netns", "del", name).run();
        }
    }

    /** Returns the names of those whose names begin with {@code prefix}, in order. */
    public static List<String> startingWith(String prefix) throws IOException {
        var names = new ArrayList<String>();
        if (Files.isDirectory(FOLDER)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER)) {
                for (Path file : files) {
                    String name = file.toFile().getName();
                    if (name.startsWith(prefix)) {
                        names.add(name);
                    }
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    /** Runs lines of {@code ip -batch} in namespace {@code name}; the first that fails ends it. */
    public static void ip(String name, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            Program.of("ip", "-n", name, "-batch", "-")
                    .reading(String.join("\n", lines) + "\n")
                    .run();
        }
    }

    /** Runs a program in namespace {@code name} and returns what it printed. */
    public static String run(String name, String... words) throws IOException {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(words));
        return Program.of(all).run();
    }

    /** Loads nftables rules into namespace {@code name}, all or none of them. */
    public static void nft(String name, String rules) throws IOException {
        Program.of("ip", "netns", "exec", name, "nft", "-f", "-").reading(rules).run();
    }

    /**
     * Sets kernel variables of namespace {@code name}.
     *
     * @param settings each as {@code net/ipv4/ip_forward=1}
     */
    public static void sysctl(String name, List<String> settings) throws IOException {
        if (!settings.isEmpty()) {
            var words = new ArrayList<>(List.of("ip", "netns", "exec", name, "sysctl", "-qw"));
            words.addAll(settings);
            Program.of(words).run();
        }
    }
}
