import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

/**
 * An agent for Maven's JVM that adds jars to its class path, where javac finds them in memory each
 * time that it asks for its plugins.
 */
public final class KeptChecks {

    private KeptChecks() {}

    /**
     * Adds them, or none if one is missing.
     *
     * @param list the file that has their paths, with colons in between
     */
    public static void premain(String list, Instrumentation jvm) throws IOException {
        List<String> jars = List.of(Files.readString(Path.of(list)).strip().split(":"));
        if (jars.stream().allMatch(jar -> Files.isReadable(Path.of(jar)))) {
            for (String jar : jars) {
                jvm.appendToSystemClassLoaderSearch(new JarFile(jar));
            }
        }
    }
}
