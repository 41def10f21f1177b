package dev.vpccni.acceptance.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.WantedLab;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that may not ask EC2 serves what somebody else gives it. */
class MetadataOnlyTest {

    private static final String NODE = "node-1";

    /** All of metadata is looked at every 75 seconds. */
    private static final Duration SEEN = Duration.ofSeconds(150);

    @Test
    void whatOthersAssignServesAndEc2IsNotAsked() throws Exception {
        try (var lab =
                LabUnderTest.up(
                        WantedLab.nodes(1, "m5.large").with("ENABLE_IMDS_ONLY_MODE", "true"))) {
            PodOutcome refused = lab.add(NODE, 1, "early").getFirst();
            assertThat(refused.toString()).contains("ENABLE_IMDS_ONLY_MODE");
            String primary = Ec2View.interfaces(lab, NODE).firstKey();

            Ended assigned =
                    lab.exec(
                            NODE,
                            "sh",
                            "-c",
                            "curl -sS --fail --max-time 10 \"$AWS_ENDPOINT_URL_EC2\""
                                    + " -d Action=AssignPrivateIpAddresses -d Version=2016-11-15"
                                    + " -d SecondaryPrivateIpAddressCount=2"
                                    + " -d NetworkInterfaceId="
                                    + primary);
            assertThat(assigned.status()).as("%s", assigned).isZero();
            lab.await(
                    "a pod's address",
                    SEEN,
                    () -> !lab.add(NODE, 1).getFirst().address().isEmpty());

            assertThat(lab.added(NODE, 1)).hasSize(1);
            assertThat(lab.status(NODE).count("assigned")).isEqualTo(2);
            assertThat(Ec2View.interfaces(lab, NODE)).containsOnlyKeys(primary);
            assertThat(Files.readString(LabUnderTest.log(NODE, "ipamd.log")))
                    .contains("EC2 is not asked")
                    .doesNotContain("EC2 Describe"); // as each call is noted
        }
    }
}
