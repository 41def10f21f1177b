package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The network interfaces that there are, as EC2 itself describes them. */
public final class Ec2View {

    private static final Pattern INTERFACE =
            Pattern.compile(
                    "<item>\\s*<networkInterfaceId>(eni-[0-9a-f]+)</networkInterfaceId>.*?"
                            + "(?=<item>\\s*<networkInterfaceId>|</networkInterfaceSet>)",
                    Pattern.DOTALL);

    private static final Pattern NAMED = Pattern.compile("<networkInterfaceId>(eni-[0-9a-f]+)<");

    private Ec2View() {}

    /** Asks DescribeNetworkInterfaces on a node; by identifier, all that EC2 says of each. */
    public static SortedMap<String, String> interfaces(LabUnderTest lab, String node)
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

    /**
     * Changes something as anybody can who has the right to.
     *
     * @return the first network interface that EC2 names; empty if none
     */
    public static String change(LabUnderTest lab, String node, String... parameters)
            throws IOException, JsonException, InterruptedException {
        String request =
                "curl -sS --fail --max-time 10 \"$AWS_ENDPOINT_URL_EC2\" -d 'Version=2016-11-15&"
                        + String.join("&", parameters)
                        + "'";
        Ended ended = lab.exec(node, "sh", "-c", request);
        assertThat(ended.status()).as("%s", ended).isZero();
        Matcher named = NAMED.matcher(ended.out());
        return named.find() ? named.group(1) : "";
    }

    /** Tags a subnet: pods may have addresses of it, or may not. */
    public static void tagForPods(LabUnderTest lab, String node, String subnet, boolean pods)
            throws IOException, JsonException, InterruptedException {
        change(
                lab,
                node,
                "Action=CreateTags",
                "ResourceId.1=" + subnet,
                "Tag.1.Key=kubernetes.io/role/cni",
                "Tag.1.Value=" + (pods ? 1 : 0));
    }
}
