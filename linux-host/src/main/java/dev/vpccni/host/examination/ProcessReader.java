package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.SeenListener;
import dev.vpccni.doctor.snapshot.SeenProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads which processes of one network namespace there are, and who listens where two daemons would
 * meet.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_net.5.html">proc_pid_net(5)</a>
 */
final class ProcessReader {

    private static final Path PROCESSES = Path.of("/proc");

    /** Of one process; a server has one for each connection. */
    private static final int DESCRIPTORS_MAX = 20_000;

    private static final String DAEMON = "dev.vpccni.daemon.Main";

    private static final List<String> PORTS = List.of("50051", "61679");

    private static final String SOCKET = "/ipamd.sock";

    /** The state of a TCP socket that listens, and the flag of a Unix one. */
    private static final String LISTEN = "0A";

    private static final String ACCEPTS = "00010000";

    private final FileReader files;

    ProcessReader(FileReader files) {
        this.files = files;
    }

    /** Returns the processes in the network namespace of the calling platform thread. */
    Fact<List<SeenProcess>> processes() {
        var found = new ArrayList<SeenProcess>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            Path network = Files.readSymbolicLink(PROCESSES.resolve("thread-self/ns/net"));
            for (Path folder : folders) {
                try {
                    if (Files.readSymbolicLink(folder.resolve("ns/net")).equals(network)) {
                        found.add(process(folder));
                    }
                } catch (IOException gone) {
                    // Processes end while one looks.
                }
            }
            return new Fact.Seen<>(found);
        } catch (IOException e) {
            return new Fact.Unseen<>(FileReader.why(e));
        }
    }

    private SeenProcess process(Path folder) {
        String line = files.text(folder + "/cmdline").or("");
        return new SeenProcess(
                Long.parseLong(String.valueOf(folder.getFileName())),
                files.text(folder + "/comm").or("").strip(),
                List.of(line.split("\0", -1)).contains(DAEMON));
    }

    /** Returns who of {@code processes} listens where a daemon does. */
    Fact<List<SeenListener>> listeners(List<SeenProcess> processes) {
        var places = new TreeMap<Long, String>();
        for (String table : List.of("unix", "tcp", "tcp6")) {
            switch (files.text("/proc/thread-self/net/" + table)) {
                case Fact.Seen<String>(String text) ->
                        text.lines().forEach(line -> note(line.strip(), places));
                case Fact.Absent<String>() -> {}
                case Fact.Unseen<String>(String why) -> {
                    return new Fact.Unseen<>(why);
                }
            }
        }
        var owners = new TreeMap<Long, Long>();
        if (!places.isEmpty()) {
            processes.forEach(process -> own(process.id(), places, owners));
        }
        var listeners = new ArrayList<SeenListener>();
        places.forEach((inode, place) ->
                listeners.add(new SeenListener(place, inode, owners.getOrDefault(inode, 0L))));
        return new Fact.Seen<>(listeners);
    }

    private static void note(String line, Map<Long, String> places) {
        String[] fields = line.split(" +", -1);
        boolean unix = fields.length == 8 && fields[3].equals(ACCEPTS);
        if (unix && fields[7].endsWith(SOCKET) && isNumber(fields[6])) {
            places.put(Long.parseLong(fields[6]), fields[7]);
        }
        if (fields.length > 9 && fields[3].equals(LISTEN) && isNumber(fields[9])) {
            String hex = fields[1].substring(fields[1].lastIndexOf(':') + 1);
            String port = hex.matches("[0-9A-F]{4}") ? "" + Integer.parseInt(hex, 16) : "";
            if (PORTS.contains(port)) {
                places.put(Long.parseLong(fields[9]), port);
            }
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,18}");
    }

    private static void own(long process, Map<Long, String> places, Map<Long, Long> owners) {
        Path folder = PROCESSES.resolve(process + "/fd");
        int seen = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(folder)) {
            for (Path descriptor : descriptors) {
                if (++seen > DESCRIPTORS_MAX) {
                    return;
                }
                String target = target(descriptor);
                places.keySet()
                        .forEach(inode -> {
                            if (target.equals("socket:[" + inode + "]")) {
                                owners.put(inode, process);
                            }
                        });
            }
        } catch (IOException gone) {
            return;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return "";
        }
    }
}
