package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.node.port.Spool;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Requests that the plugin left on the disk. */
final class SpoolFuzzTest {

    private static final Inputs INPUTS = Inputs.of(SpoolFuzzTest.class, "files");

    private static final String FILE = "web-eth0";

    /** A file is a DEL, or is set aside: nothing is left that is met again and again. */
    @FuzzTest
    void files(byte[] input) throws IOException {
        Path folder = Files.createTempDirectory("vpccni-fuzz-");
        try {
            Files.write(folder.resolve(FILE), input);
            var spool = new FileSpool(folder, Clock.systemUTC(), _ -> {});
            List<Spool.Entry> entries = spool.list();
            if (entries.isEmpty()) {
                assertThat(folder.resolve(FILE)).doesNotExist();
            } else {
                assertThat(entries.getFirst().request().command()).isEqualTo(CniCommand.DEL);
                spool.remove(entries.getFirst());
                assertThat(spool.list()).isEmpty();
            }
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList().reversed()) {
                Files.delete(each);
            }
        }
    }

    @SeededTest(runs = 10)
    void damagedFiles(RandomGenerator random) {
        INPUTS.damage(random, this::files);
    }
}
