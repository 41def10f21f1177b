package dev.vpccni.daemon.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes together, and what does not (ipamd.md 1.4 and 1.8). */
final class CombinationsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none | none | none",
                "ENABLE_IPv4=true | none | none",
                "ENABLE_IPv4=true ENABLE_IPv6=false | none | none",
                "ENABLE_IPv4=false | ENABLE_IPv4 | leaves no family",
                "ENABLE_IPv4=false ENABLE_IPv6=false | ENABLE_IPv4 | leaves no family",
                "ENABLE_IPv6=true PD=true WARM=1 | none | none",
                "ENABLE_IPv4=false ENABLE_IPv6=true PD=true WARM=1 | none | none",
                "ENABLE_IPv4=true ENABLE_IPv6=true PD=true WARM=1 | ENABLE_IPv6"
                        + " | goes not together with ENABLE_IPv4",
                "ENABLE_IPv6=true | ENABLE_IPv6 | needs ENABLE_PREFIX_DELEGATION",
                "ENABLE_IPv6=true PD=true WARM=1 CUSTOM=true | CUSTOM"
                        + " | goes not together with ENABLE_IPv6",
                "PD=true WARM=1 CUSTOM=true | none | none",
                "PD=true WARM=1 ENABLE_MULTI_NIC=true | none | none",
                "ENABLE_POD_ENI=true MODE=standard | none | none",
                "ENABLE_POD_ENI=true MODE= | none | none",
                "ENABLE_POD_ENI=true MODE=Strict | MODE | is not strict or standard",
                "ENABLE_POD_ENI=false MODE=Strict | none | none",
            })
    void areToldApart(String environment, String variable, String fault) {
        Variables in = variables(environment == null ? "" : environment);
        Combinations.check(in);
        if (variable == null) {
            assertThat(in.faults()).isEmpty();
        } else {
            assertThat(in.faults())
                    .singleElement()
                    .asString()
                    .startsWith(name(variable))
                    .contains(fault);
        }
    }

    /** Upstream compares the three as texts, each that is not set as {@code 0}. */
    @ParameterizedTest
    @CsvSource({
        "'', false",
        "WARM=0, false",
        "WARM=-1, false",
        "WARM=, false",
        "WARM=+5, false",
        "WARM=0 WARM_IP_TARGET=0 MINIMUM_IP_TARGET=0, false",
        "WARM=1, true",
        "WARM=00, true",
        "WARM=x, true",
        "WARM_IP_TARGET=1, true",
        "MINIMUM_IP_TARGET=5, true",
        "WARM=-1 MINIMUM_IP_TARGET=01, true",
        "WARM_ENI_TARGET=1, false",
    })
    void prefixesNeedATargetThatIsMoreThanZeroAsText(String targets, boolean allowed) {
        Variables in = variables("PD=true " + targets);
        Combinations.check(in);
        assertThat(in.faults()).hasSize(allowed ? 0 : 1);
        Variables off = variables("PD=false " + targets);
        Combinations.check(off);
        assertThat(off.faults()).isEmpty();
    }

    private static Variables variables(String environment) {
        Map<String, String> variables = new TreeMap<>();
        for (String each : environment.split(" ", -1)) {
            if (!each.isEmpty()) {
                String[] parts = each.split("=", 2);
                variables.put(name(parts[0]), parts[1]);
            }
        }
        return new Variables(variables);
    }

    private static String name(String shortly) {
        return switch (shortly) {
            case "PD" -> "ENABLE_PREFIX_DELEGATION";
            case "WARM" -> "WARM_PREFIX_TARGET";
            case "CUSTOM" -> "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
            case "MODE" -> "POD_SECURITY_GROUP_ENFORCING_MODE";
            default -> shortly;
        };
    }
}
