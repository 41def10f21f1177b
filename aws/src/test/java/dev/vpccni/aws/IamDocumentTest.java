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
        assertThat(policies).hasSize(2);
        var all = new TreeSet<String>();
        policies.forEach(all::addAll);
        var asked = new TreeSet<String>();
        for (Ec2Action action : Ec2Action.values()) {
            asked.add(action.wireName());
        }
        assertThat(all).isEqualTo(asked);
        assertThat(policies.getFirst()).noneMatch(action -> action.contains("Ipv6"));
        assertThat(policies.getLast()).noneMatch(action -> action.contains("PrivateIp"));
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
