package dev.vpccni.dataplane.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressRangeTest {

    @ParameterizedTest
    @CsvSource({
        "IPV4, 169.254.172.1, 169.254.172.2, 169.254.175.254, 1021",
        "IPV6, fd00::ac:1, fd00::ac:2, fd00::ac:3ff, 1022",
    })
    void podsHaveAllButTheEdgesAndTheGateway(
            EgressFamily family, String gateway, String first, String last, int size) {
        var range = new EgressRange(family.block());
        assertThat(range.gateway()).hasToString(gateway);
        assertThat(range.size()).isEqualTo(size);
        assertThat(range.next(null, _ -> false)).hasToString(first);
        assertThat(range.next(IpAddress.parse(last), _ -> false)).hasToString(first);
        assertThat(range.next(IpAddress.parse(last).plus(-1), _ -> false)).hasToString(last);
    }

    @Test
    void aBlockOfMoreThanCanBeCountedHasAsMany() {
        assertThat(new EgressRange(Cidr.parse("fd00::/8")).size()).isEqualTo(Long.MAX_VALUE);
        assertThat(new EgressRange(Cidr.parse("fd00::/8"))).hasToString("fd00::/8");
    }

    @Test
    void theInterfaceInsideThePodSaysOverWhatItLeadsOut() {
        assertThat(EgressFamily.IPV4.podInterface()).isEqualTo("v4if0");
        assertThat(EgressFamily.IPV6.podInterface()).isEqualTo("v6if0");
    }

    @Test
    void whatWasHandedOutLastElsewhereCountsAsNothing() {
        var range = new EgressRange(Cidr.parse("169.254.172.0/22"));
        for (String strange :
                List.of("169.254.172.0", "169.254.172.1", "169.254.175.255", "10.0.0.1", "::2")) {
            assertThat(range.next(IpAddress.parse(strange), _ -> false))
                    .as(strange)
                    .hasToString("169.254.172.2");
        }
    }

    @Test
    void aBlockWithoutRoomIsNone() {
        assertThatThrownBy(() -> new EgressRange(Cidr.parse("169.254.172.0/31")))
                .hasMessageContaining("169.254.172.0/31");
    }

    /** Every address is handed out once before any is handed out again, and then none is left. */
    @SeededTest
    void allAreHandedOutInTurn(RandomGenerator random) {
        var range =
                new EgressRange(
                        Choose.of(random, Cidr.parse("10.9.8.0/28"), Cidr.parse("fd00::ac:0/125")));
        var taken = new TreeSet<IpAddress>();
        var handedOut = new ArrayList<IpAddress>();
        IpAddress latest = random.nextBoolean() ? null : range.gateway().plus(random.nextInt(4));
        for (int i = 0; i < range.size(); i++) {
            latest = range.next(latest, taken::contains);
            assertThat(latest).isNotNull().matches(range::contains);
            assertThat(taken.add(latest)).isTrue();
            handedOut.add(latest);
        }
        assertThat(range.next(latest, taken::contains)).isNull();

        IpAddress back = Choose.of(random, handedOut.toArray(IpAddress[]::new));
        taken.remove(back);
        assertThat(range.next(latest, taken::contains)).isEqualTo(back);
    }
}
