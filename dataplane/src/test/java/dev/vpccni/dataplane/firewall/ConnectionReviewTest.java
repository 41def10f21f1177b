package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each kind of connection. */
class ConnectionReviewTest {

    private static final Mark FORMER = Mark.of(0x80);
    private static final long NOW = 0x100;

    /** 10.0.0.101 is a pod on the primary interface, 10.0.1.101 one on another. */
    private static final List<Rule> RULES =
            List.of(
                    Rule.to(Rule.TO_POD, Cidr.parse("10.0.0.101/32"), RouteTables.MAIN),
                    Rule.to(Rule.TO_POD, Cidr.parse("10.0.1.101/32"), RouteTables.MAIN),
                    Rule.from(Rule.FROM_POD, Cidr.parse("10.0.1.101/32"), 2));

    @ParameterizedTest(name = "{0} to {1}, answered {2}, rewritten {3} {4}, mark {5}: {6}")
    @CsvSource({
        // What works stays, and so does what nobody here began.
        "10.0.1.101, 203.0.113.10, true, false, false, 0, STAYS",
        "10.0.1.101, 203.0.113.10, true, true, false, 0x100, STAYS",
        "10.0.1.101, 203.0.113.10, false, true, false, 0x100, STAYS",
        "203.0.113.10, 10.0.1.101, false, false, true, 0x100, STAYS",
        "10.0.7.7, 203.0.113.10, false, false, false, 0, STAYS",
        "10.0.1.101, 10.0.9.9, false, false, false, 0, STAYS",
        // What began without a part of the rules, and was never answered.
        "10.0.1.101, 203.0.113.10, false, false, false, 0, ENDS",
        "10.0.1.101, 203.0.113.10, false, false, false, 0x100, ENDS",
        "10.0.1.101, 203.0.113.10, false, true, false, 0, ENDS",
        "10.0.0.101, 203.0.113.10, false, false, false, 0x100, ENDS",
        "10.0.0.101, 203.0.113.10, false, true, false, 0, STAYS",
        "10.0.1.101, 203.0.113.10, false, false, true, 0, ENDS",
        // Within the VPC, by rules of which one knew the block and another did not.
        "10.0.1.101, 10.0.9.9, false, true, false, 0, ENDS",
        "10.0.1.101, 10.0.9.9, false, false, false, 0x100, ENDS",
        "10.0.1.101, 10.0.9.9, false, true, false, 0x100, STAYS",
        "10.0.1.101, 10.0.9.9, false, true, true, 0, STAYS",
        // The former mark, unless somebody else has the same bits.
        "10.0.1.101, 203.0.113.10, true, true, false, 0x80, MARKED_ANEW",
        "10.0.1.101, 203.0.113.10, true, true, false, 0xa80, MARKED_ANEW",
        "203.0.113.10, 10.0.1.101, true, false, true, 0x80, MARKED_ANEW",
        "10.0.1.101, 203.0.113.10, true, false, false, 0x80, STAYS",
        "10.0.7.7, 203.0.113.10, true, false, false, 0x80, STAYS"
    })
    void whereTheNodeTranslates(
            String from,
            String to,
            boolean answered,
            boolean source,
            boolean destination,
            String mark,
            ConnectionReview.Fate fate) {
        var review = ConnectionReview.of(setup(false, true), List.of(FORMER), RULES);
        assertThat(review.of(connection(from, to, answered, source, destination, mark)))
                .isEqualTo(fate);
    }

    /** What nothing leads by the primary interface any more cannot leave as the node. */
    @Test
    void whereNobodyLooksForMarks() {
        var review = ConnectionReview.of(setup(true, false), List.of(FORMER), RULES);

        assertThat(review.of(connection("10.0.1.101", "203.0.113.10", true, true, false, "0x80")))
                .isEqualTo(ConnectionReview.Fate.ENDS);
        assertThat(review.of(connection("10.0.0.101", "203.0.113.10", true, true, false, "0x80")))
                .isEqualTo(ConnectionReview.Fate.STAYS);
        assertThat(review.of(connection("203.0.113.10", "10.0.1.101", true, false, true, "0x80")))
                .isEqualTo(ConnectionReview.Fate.STAYS);
    }

    @Test
    void whereTheVpcTranslatesNothingIsMissing() {
        var review = ConnectionReview.of(setup(true, true), List.of(), RULES);

        assertThat(review.of(connection("10.0.1.101", "203.0.113.10", false, false, false, "0")))
                .isEqualTo(ConnectionReview.Fate.STAYS);
    }

    private static PodConnection connection(
            String from,
            String to,
            boolean answered,
            boolean source,
            boolean destination,
            String mark) {
        return new PodConnection(
                Ipv4Address.parse(from),
                Ipv4Address.parse(to),
                answered,
                source,
                destination,
                Long.decode(mark));
    }

    private static NodeSetup setup(boolean externalSnat, boolean nodePorts) {
        return new NodeSetup(
                IpFamily.IPV4,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                MacAddress.parse("0a:58:00:00:01:00"),
                Ipv4Address.parse("10.0.0.10"),
                List.of(Ipv4Cidr.parse("10.0.0.0/16")),
                List.of(),
                List.of(),
                externalSnat,
                SnatPorts.RANDOM_FULLY,
                nodePorts,
                NOW,
                false,
                "eni",
                1500);
    }
}
