package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Ec2ProblemsTest {

    @ParameterizedTest
    @MethodSource("failures")
    void saysWhatAFailureMeansAndWhetherOnlyAnOperatorHelps(
            Ec2Failure failure, String reason, String remedy, boolean lasting) {
        var cause = new Ec2Exception("Action", failure, "why", null);

        assertThat(Ec2Problems.of(cause, Nouns.SUBNET))
                .isEqualTo(new AddressAvailability.Problem(reason, remedy, lasting));
    }

    static Stream<Arguments> failures() {
        String refused = "EC2 refused: Action: why";
        String log = "see the daemon's log";
        String again = "EC2 is asked again by itself";
        return Stream.of(
                arguments(
                        new Ec2Failure.SubnetFull(),
                        "subnet subnet-1 has no address left",
                        "free addresses in it, or add a subnet and tag it kubernetes.io/role/cni=1",
                        false),
                arguments(
                        new Ec2Failure.Fragmented(),
                        "subnet subnet-1 has no free block left",
                        "reserve a block for prefixes in it",
                        false),
                arguments(
                        new Ec2Failure.Denied("ec2:X"),
                        "the node's role lacks ec2:X",
                        "attach the policy AmazonEKS_CNI_Policy to the role",
                        true),
                arguments(
                        new Ec2Failure.NoCredentials(),
                        "EC2 does not accept the node's credentials: Action: why",
                        "give the node or its service account a role, and see that the node's"
                                + " clock is right",
                        true),
                arguments(new Ec2Failure.Throttled(), "EC2 throttles: Action: why", again, false),
                arguments(
                        new Ec2Failure.LimitExceeded(),
                        "EC2 allows no more: Action: why",
                        "raise the account's quota",
                        false),
                arguments(
                        new Ec2Failure.Ambiguous(),
                        "EC2 does not answer: Action: why",
                        again,
                        false),
                arguments(
                        new Ec2Failure.Unavailable(),
                        "EC2 does not answer: Action: why",
                        again,
                        false),
                arguments(new Ec2Failure.Gone(null), refused, log, false),
                arguments(new Ec2Failure.WrongState(), refused, log, false),
                arguments(new Ec2Failure.DeviceTaken(), refused, log, false),
                arguments(new Ec2Failure.Rejected("X"), refused, log, false));
    }
}
