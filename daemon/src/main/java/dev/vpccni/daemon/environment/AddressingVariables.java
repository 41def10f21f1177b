package dev.vpccni.daemon.environment;

import static dev.vpccni.daemon.environment.Variable.flagA;
import static dev.vpccni.daemon.environment.Variable.flagB;
import static dev.vpccni.daemon.environment.Variable.numberA;
import static dev.vpccni.daemon.environment.Variable.numberB;
import static dev.vpccni.daemon.environment.Variable.textIfAny;

import java.util.List;

/** Which addresses pods get, and how many are kept. */
public final class AddressingVariables {

    public static final Variable ENABLE_IPV4 =
            flagA("ENABLE_IPv4", true)
                    .since("1.10.0")
                    .here(
                            "pods have IPv4 addresses; what is not set is the opposite of"
                                    + " `ENABLE_IPv6`. Both on, or both off, ends the start")
                    .upstream("what is not set is false, against its documentation");

    public static final Variable ENABLE_IPV6 =
            flagA("ENABLE_IPv6", false)
                    .since("1.10.0")
                    .here(
                            "pods have IPv6 addresses of one /80 for each interface. Needs"
                                    + " `ENABLE_PREFIX_DELEGATION`, a Nitro instance, and no custom"
                                    + " networking: without one of these the daemon ends");

    public static final Variable ENABLE_PREFIX_DELEGATION =
            flagA("ENABLE_PREFIX_DELEGATION", false)
                    .since("1.9.0")
                    .here(
                            "interfaces hold /28 prefixes in place of single addresses; single"
                                    + " addresses on an instance that is not of Nitro. Needs one of the"
                                    + " three targets to be more than `0`, compared as text");

    public static final Variable WARM_PREFIX_TARGET =
            numberB("WARM_PREFIX_TARGET", 0, 0)
                    .since("1.9.0")
                    .here(
                            "this many prefixes are free; only with `ENABLE_PREFIX_DELEGATION`, and"
                                    + " where no target of addresses is set");

    public static final Variable WARM_ENI_TARGET =
            numberB("WARM_ENI_TARGET", 1, 0)
                    .here(
                            "as many addresses are free as this many interfaces hold; only where no"
                                    + " target of addresses is set")
                    .upstream("the same, and 0 makes an interface come and go for ever");

    public static final Variable WARM_IP_TARGET =
            numberB("WARM_IP_TARGET", 0, 0)
                    .here("this many addresses are free; 0 is no target")
                    .upstream("the same; cooling addresses count as free");

    public static final Variable MINIMUM_IP_TARGET =
            numberB("MINIMUM_IP_TARGET", 0, 0)
                    .since("1.6.0")
                    .here("at least this many addresses are there; 0 is no target");

    public static final Variable MAX_ENI =
            numberB("MAX_ENI", -1, Long.MIN_VALUE)
                    .here(
                            "no more interfaces than that, where the instance allows more; below 1"
                                    + " there is no limit");

    public static final Variable IP_COOLDOWN_PERIOD =
            numberA("IP_COOLDOWN_PERIOD", 30, 0, Long.MAX_VALUE)
                    .since("1.15.0")
                    .here("seconds for which a used address rests, across restarts too")
                    .upstream("the same, forgotten by a restart");

    public static final Variable CUSTOM_NETWORKING_ENABLED =
            flagB("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", false)
                    .here(
                            "further interfaces lie where the node's ENIConfig says, and the primary"
                                    + " one gets no addresses")
                    .upstream(
                            "the same; of a node that cannot be read it is the one called `default`");

    public static final Variable ENI_CONFIG_ANNOTATION_DEF =
            textIfAny("ENI_CONFIG_ANNOTATION_DEF", "k8s.amazonaws.com/eniConfig")
                    .here("the node's annotation that names its ENIConfig");

    public static final Variable ENI_CONFIG_LABEL_DEF =
            textIfAny("ENI_CONFIG_LABEL_DEF", "k8s.amazonaws.com/eniConfig")
                    .here("the node's label that names its ENIConfig, such as its zone's");

    public static final Variable ENABLE_MULTI_NIC =
            flagA("ENABLE_MULTI_NIC", false)
                    .since("1.20.0")
                    .here(
                            "network cards after the first one serve pods, too: each keeps one"
                                    + " address free, and a pod may ask for an address on every card")
                    .upstream(
                            "the same; an ordinary pod gets an address of any card as soon as the"
                                    + " first one has none free");

    static final List<Variable> ALL =
            List.of(
                    ENABLE_IPV4,
                    ENABLE_IPV6,
                    ENABLE_PREFIX_DELEGATION,
                    WARM_PREFIX_TARGET,
                    WARM_IP_TARGET,
                    MINIMUM_IP_TARGET,
                    WARM_ENI_TARGET,
                    MAX_ENI,
                    IP_COOLDOWN_PERIOD,
                    CUSTOM_NETWORKING_ENABLED,
                    ENI_CONFIG_ANNOTATION_DEF,
                    ENI_CONFIG_LABEL_DEF,
                    ENABLE_MULTI_NIC);

    private AddressingVariables() {}
}
