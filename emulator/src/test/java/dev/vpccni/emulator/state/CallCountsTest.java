package dev.vpccni.emulator.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.state.CallCounts.Service;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CallCountsTest {

    private final CallCounts calls = new CallCounts();

    @Test
    void countsFailuresByCode() {
        calls.add(Service.EC2, "i-1", "DetachNetworkInterface", "IncorrectState");
        calls.add(Service.EC2, "i-1", "DetachNetworkInterface", null);
        calls.add(Service.EC2, "i-2", "DetachNetworkInterface", CallCounts.NO_ANSWER);

        var total = Objects.requireNonNull(calls.total(Service.EC2).get("DetachNetworkInterface"));

        assertThat(total.calls()).isEqualTo(3);
        assertThat(total.failed()).isEqualTo(2);
        assertThat(total.failures())
                .containsExactlyInAnyOrderEntriesOf(Map.of("IncorrectState", 1L, "no answer", 1L));
    }

    /** Both are whatever a client says. */
    @Test
    void keepsSoManyNamesAndNoMore() {
        for (int i = 0; i < 5_000; i++) {
            calls.add(Service.EC2, "caller" + i, "DescribeSubnets", null);
            calls.add(Service.EC2, "caller0", "Action" + i, "InvalidAction");
        }

        assertThat(calls.of(Service.EC2)).hasSizeLessThan(1_002).containsKey("others");
        assertThat(calls.of(Service.EC2).get("caller0")).hasSizeLessThan(1_002);
        assertThat(
                        calls.total(Service.EC2).values().stream()
                                .mapToLong(CallCounts.Count::calls)
                                .sum())
                .isEqualTo(10_000);
    }
}
