package dev.vpccni.vpc.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestLimitsTest {

    private static final Instant START = Instant.parse("2026-01-15T10:20:30Z");

    private RequestLimits limits = RequestLimits.full();

    @ParameterizedTest
    @CsvSource({
        "CreateNetworkInterface, true, 100, 5",
        "AttachNetworkInterface, true, 50, 5",
        "CreateTags, true, 100, 10",
        "DescribeNetworkInterfaces, true, 100, 20",
        "DescribeNetworkInterfaces, false, 50, 10",
        "DescribeSubnets, false, 100, 20",
    })
    void aBurstEmptiesTheBucketWhichRefills(
            String action, boolean narrowed, int size, int perSecond) {
        assertThat(accepted(action, narrowed, START, 200)).isEqualTo(size);
        Instant later = START.plus(Duration.ofSeconds(2));
        assertThat(accepted(action, narrowed, later, 200)).isEqualTo(2 * perSecond);
        assertThat(accepted(action, narrowed, later.plusSeconds(3_600), 200)).isEqualTo(size);
    }

    @Test
    void actionsDoNotTakeFromEachOther() {
        accepted("CreateNetworkInterface", true, START, 200);

        assertThat(accepted("DeleteNetworkInterface", true, START, 1)).isEqualTo(1);
    }

    private int accepted(String action, boolean narrowed, Instant now, int requests) {
        int accepted = 0;
        for (int i = 0; i < requests; i++) {
            var taken = limits.take(action, narrowed, now);
            limits = taken.after();
            accepted += taken.accepted() ? 1 : 0;
        }
        return accepted;
    }
}
