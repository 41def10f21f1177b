package dev.vpccni.daemon.environment;

import java.util.List;

/**
 * Which values do not go together (ipamd.md 1.4 and 1.8): one sentence for each rule that is
 * broken, whether the modes are there yet or not.
 */
public final class Combinations {

    /** What upstream's entrypoint compares the targets with, as text. */
    private static final String NO_TARGET = "0";

    private Combinations() {}

    /** Has {@code in} note what does not go together. */
    public static void check(Variables in) {
        checkFamilies(in);
        checkPrefixTargets(in);
        checkPodInterfaces(in);
    }

    /** Tells whether pods have IPv6 addresses. */
    public static boolean isIpv6(Variables in) {
        return in.flag(AddressingVariables.ENABLE_IPV6) && !isIpv4(in);
    }

    /** Tells whether pods have IPv4 addresses: they do unless they have others. */
    private static boolean isIpv4(Variables in) {
        return in.flag(AddressingVariables.ENABLE_IPV4, !in.flag(AddressingVariables.ENABLE_IPV6));
    }

    private static void checkFamilies(Variables in) {
        boolean ipv6 = in.flag(AddressingVariables.ENABLE_IPV6);
        if (isIpv4(in) && ipv6) {
            in.fault(
                    AddressingVariables.ENABLE_IPV6,
                    "goes not together with ENABLE_IPv4: pods have addresses of one family");
        }
        if (!isIpv4(in) && !ipv6) {
            in.fault(
                    AddressingVariables.ENABLE_IPV4,
                    "leaves no family of addresses: set ENABLE_IPv6, or unset this");
        }
        if (ipv6 && !in.flag(AddressingVariables.ENABLE_PREFIX_DELEGATION)) {
            in.fault(
                    AddressingVariables.ENABLE_IPV6,
                    "needs ENABLE_PREFIX_DELEGATION: IPv6 addresses come in prefixes only");
        }
        if (ipv6 && in.flag(AddressingVariables.CUSTOM_NETWORKING_ENABLED)) {
            in.fault(
                    AddressingVariables.CUSTOM_NETWORKING_ENABLED,
                    "goes not together with ENABLE_IPv6: unset one of them");
        }
    }

    /** Upstream compares texts: so {@code -1} is no target, and {@code 00} is one. */
    private static void checkPrefixTargets(Variables in) {
        boolean none =
                List.of(
                                AddressingVariables.WARM_PREFIX_TARGET,
                                AddressingVariables.WARM_IP_TARGET,
                                AddressingVariables.MINIMUM_IP_TARGET)
                        .stream()
                        .map(in::raw)
                        .allMatch(text -> text == null || text.compareTo(NO_TARGET) <= 0);
        if (none && in.flag(AddressingVariables.ENABLE_PREFIX_DELEGATION)) {
            in.fault(
                    AddressingVariables.ENABLE_PREFIX_DELEGATION,
                    "needs WARM_PREFIX_TARGET, WARM_IP_TARGET or MINIMUM_IP_TARGET to be more than"
                            + " 0: set one of them");
        }
    }

    private static void checkPodInterfaces(Variables in) {
        boolean known =
                List.of("strict", "standard").contains(in.text(PluginVariables.ENFORCING_MODE));
        if (!known && in.flag(ProcessVariables.ENABLE_POD_ENI)) {
            in.fault(
                    PluginVariables.ENFORCING_MODE,
                    "is not strict or standard, which ENABLE_POD_ENI needs");
        }
    }
}
