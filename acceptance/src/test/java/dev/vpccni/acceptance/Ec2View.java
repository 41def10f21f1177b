package dev.vpccni.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The network interfaces that there are, as EC2 itself describes them. */
final class Ec2View {

    private static final Pattern INTERFACE =
            Pattern.compile(
                    "<item>\\s*<networkInterfaceId>(eni-[0-9a-f]+)</networkInterfaceId>.*?"
                            + "(?=<item>\\s*<networkInterfaceId>|</networkInterfaceSet>)",
                    Pattern.DOTALL);

    private Ec2View() {}

    /** Asks DescribeNetworkInterfaces on a node; by identifier, all that EC2 says of each. */
    static SortedMap<String, String> interfaces(LabUnderTest lab, String node)
            throws IOException, JsonException, InterruptedException {
        Ended ended =
                lab.exec(
                        node,
                        "sh",
                        "-c",
                        "curl -sS --fail --max-time 10 \"$AWS_ENDPOINT_URL_EC2\""
                                + " -d Action=DescribeNetworkInterfaces -d Version=2016-11-15");
        assertThat(ended.status()).as("%s", ended).isZero();
        var interfaces = new TreeMap<String, String>();
        for (MatchResult match : INTERFACE.matcher(ended.out()).results().toList()) {
            interfaces.put(match.group(1), match.group());
        }
        assertThat(interfaces).as(ended.out()).isNotEmpty();
        return interfaces;
    }
}
