package dev.vpccni.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the table of sandboxes says of what was measured. */
final class SandboxesTest {

    @Test
    void oursMayTakeAsLongAsTheOther() {
        assertThat(row("RunPodSandbox, vpc-cni alone", samples(90_000, 0)))
                .endsWith("| 0.90 | 1.00 | yes |");
        assertThat(row("RunPodSandbox, vpc-cni alone", samples(101_000, 0)))
                .endsWith("| 1.01 | 1.00 | no |");
    }

    @Test
    void oneThatFailedIsNotQuick() {
        assertThat(row("RunPodSandbox, vpc-cni alone", samples(10_000, 1)))
                .endsWith("| 0.10 | 1.00 | no |");
    }

    @Test
    void noneThatSucceededIsAMiss() {
        assertThat(row("a whole sandbox, vpc-cni alone", samples(1, 0)))
                .isEqualTo("| a whole sandbox, vpc-cni alone | none succeeded | | | | | | | no |");
    }

    /** Returns the row of that name, where of all else there is only the call that makes one. */
    private static String row(String name, Samples own) {
        Map<String, Samples> all = new LinkedHashMap<>();
        all.put("RunPodSandbox, the node's network", samples(50_000, 0));
        all.put("RunPodSandbox, ptp alone", samples(100_000, 0));
        all.put("RunPodSandbox, vpc-cni alone", own);
        return Sandboxes.table(all)
                .lines()
                .filter(line -> line.startsWith("| " + name + " |"))
                .findFirst()
                .orElseThrow();
    }

    private static Samples samples(long micros, int failures) {
        return new Samples(List.of(micros), failures);
    }
}
