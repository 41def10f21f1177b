package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The policies of {@code docs/iam.md} permit what is asked for, and nothing else. */
final class IamDocumentTest {

    private static final Pattern PERMITTED = Pattern.compile("\"ec2:([A-Za-z0-9*]+)\"");
    private static final Pattern POLICY = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    @Test
    void permitsWhatIsAskedForAndNothingElse() throws IOException {
        List<SortedSet<String>> policies = policies();
        assertThat(policies).hasSize(3);
        var all = new TreeSet<String>();
        policies.forEach(all::addAll);
        var asked = new TreeSet<String>();
        for (Ec2Action action : Ec2Action.values()) {
            asked.add(action.wireName());
        }
        assertThat(all).isEqualTo(asked);
        assertThat(policies.getFirst()).noneMatch(action -> action.contains("Ipv6"));
        assertThat(policies.get(1)).noneMatch(action -> action.contains("PrivateIp"));
    }

    @Test
    void thePolicyOfDaemonsKnowsNoTrunksAndThatOfTheirControllerNoAddresses() throws IOException {
        List<SortedSet<String>> policies = policies();
        var ofDaemons = new TreeSet<>(policies.getFirst());
        ofDaemons.addAll(policies.get(1));
        assertThat(ofDaemons).noneMatch(action -> action.contains("Trunk"));
        // What the port of trunks asks for, in its order.
        assertThat(policies.getLast())
                .containsExactlyInAnyOrder(
                        Ec2Action.CREATE_INTERFACE.wireName(),
                        Ec2Action.DESCRIBE_INTERFACES.wireName(),
                        Ec2Action.ATTACH_INTERFACE.wireName(),
                        Ec2Action.MODIFY_INTERFACE.wireName(),
                        Ec2Action.CREATE_TAGS.wireName(),
                        Ec2Action.DELETE_INTERFACE.wireName(),
                        Ec2Action.DESCRIBE_SUBNETS.wireName(),
                        Ec2Action.DESCRIBE_ASSOCIATIONS.wireName(),
                        Ec2Action.ASSOCIATE_TRUNK.wireName(),
                        Ec2Action.DISASSOCIATE_TRUNK.wireName());
    }

    @Test
    void saysOfEachActionWhatItIsFor() throws IOException {
        String page = page();
        for (Ec2Action action : Ec2Action.values()) {
            assertThat(page.lines())
                    .as(action.wireName())
                    .anyMatch(line ->
                            line.startsWith("| `") && line.contains("`" + action.wireName() + "`"));
        }
    }

    private static List<SortedSet<String>> policies() throws IOException {
        var policies = new ArrayList<SortedSet<String>>();
        var blocks = POLICY.matcher(page());
        while (blocks.find()) {
            var actions = new TreeSet<String>();
            var permitted = PERMITTED.matcher(blocks.group(1));
            while (permitted.find()) {
                actions.add(permitted.group(1));
            }
            policies.add(actions);
        }
        return policies;
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/iam.md"));
    }
}
