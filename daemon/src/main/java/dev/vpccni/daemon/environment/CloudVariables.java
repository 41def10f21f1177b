package dev.vpccni.daemon.environment;

import static dev.vpccni.daemon.environment.Variable.flagA;
import static dev.vpccni.daemon.environment.Variable.flagB;
import static dev.vpccni.daemon.environment.Variable.numberB;
import static dev.vpccni.daemon.environment.Variable.text;
import static dev.vpccni.daemon.environment.Variable.textIfAny;

import java.util.List;

/** Which interfaces in EC2 are the node's, what is done to them, and how EC2 is reached. */
public final class CloudVariables {

    private static final String SDK = "one attempt for each request; what asks again is ours";

    public static final Variable CLUSTER_NAME =
            text("CLUSTER_NAME", "")
                    .here(
                            "tags interfaces, narrows the search for lost ones and the choice of"
                                    + " subnets");

    public static final Variable ADDITIONAL_ENI_TAGS =
            textIfAny("ADDITIONAL_ENI_TAGS", "{}")
                    .since("1.6.0")
                    .here(
                            "further tags of interfaces, a JSON object of strings; a key with"
                                    + " `k8s.amazonaws.com` in it is left out, and of a key that is"
                                    + " there twice the last one counts");

    public static final Variable ENABLE_SUBNET_DISCOVERY =
            flagB("ENABLE_SUBNET_DISCOVERY", true)
                    .since("1.18.0")
                    .here(
                            "a new interface lies in the subnet of the zone that has most room, if"
                                    + " its tags allow it; what lies in an excluded one gives"
                                    + " addresses to no more pods");

    public static final Variable DISABLE_NETWORK_RESOURCE_PROVISIONING =
            flagA("DISABLE_NETWORK_RESOURCE_PROVISIONING", false)
                    .since("1.9.1")
                    .here(
                            "nothing in EC2 is changed: what others attach and assign is served. A"
                                    + " pod for which there is no address hears so soon")
                    .upstream("the same; the pod hears of an empty pool");

    public static final Variable ENABLE_IMDS_ONLY_MODE =
            flagA("ENABLE_IMDS_ONLY_MODE", false)
                    .here(
                            "EC2 is not asked, only metadata, and so nothing in EC2 is changed; every"
                                    + " interface with an address serves pods, whatever its tags or type")
                    .upstream(
                            "the same, and with `ENABLE_SUBNET_DISCOVERY` EC2 is asked after"
                                    + " all");

    public static final Variable DISABLE_LEAKED_ENI_CLEANUP =
            flagA("DISABLE_LEAKED_ENI_CLEANUP", false)
                    .since("1.13.0")
                    .here(
                            "interfaces that were made and lost are left alone: this node's own,"
                                    + " and those of others that the hourly look finds")
                    .upstream("there is the hourly look only");

    public static final Variable MANAGE_UNTAGGED_ENI =
            flagA("MANAGE_UNTAGGED_ENI", true)
                    .here(
                            "false leaves interfaces alone that lack this instance's tag, but for"
                                    + " the primary one and those tagged `no_manage` with another value"
                                    + " than `true`")
                    .upstream("the same, undocumented");

    public static final Variable AWS_MANAGE_ENIS_NON_SCHEDULABLE =
            flagB("AWS_MANAGE_ENIS_NON_SCHEDULABLE", false)
                    .since("1.12.6")
                    .here(
                            "a node that takes no pods, as its taints say, gains and loses addresses"
                                    + " all the same");

    public static final Variable HTTP_TIMEOUT =
            numberB("HTTP_TIMEOUT", 10, 10)
                    .here("seconds that a request to EC2 may take")
                    .upstream("the same, undocumented");

    public static final Variable AWS_EC2_ENDPOINT =
            text("AWS_EC2_ENDPOINT", "")
                    .since("1.13.0")
                    .here("the URL of EC2, unless `AWS_ENDPOINT_URL_EC2` is set")
                    .upstream("documented, without effect on EC2");

    public static final Variable AWS_ENDPOINT_URL_EC2 =
            text("AWS_ENDPOINT_URL_EC2", "").here("the URL of EC2");

    public static final Variable AWS_ENDPOINT_URL_STS =
            text("AWS_ENDPOINT_URL_STS", "").here("the URL at which a web identity is exchanged");

    public static final Variable AWS_ENDPOINT_URL =
            text("AWS_ENDPOINT_URL", "").here("the URL of both, where they have none of their own");

    public static final Variable AWS_IGNORE_CONFIGURED_ENDPOINT_URLS =
            text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "")
                    .here("`true` has the `AWS_ENDPOINT_URL`s ignored");

    public static final Variable METADATA_ENDPOINT =
            text("AWS_EC2_METADATA_SERVICE_ENDPOINT", "").here("the URL of metadata");

    private static final Variable AWS_EC2_METADATA_DISABLED =
            flagA("AWS_EC2_METADATA_DISABLED", false)
                    .upstream("ends the start")
                    .ignored("metadata is read all the same; there is no node without it");

    private static final Variable AWS_REGION =
            text("AWS_REGION", "").leftAlone("the region is the one that metadata names");

    private static final Variable AWS_RETRY_MODE = text("AWS_RETRY_MODE", "").ignored(SDK);

    private static final Variable AWS_MAX_ATTEMPTS = text("AWS_MAX_ATTEMPTS", "").ignored(SDK);

    private static final Variable AWS_CA_BUNDLE =
            text("AWS_CA_BUNDLE", "")
                    .upstream("authorities that HTTPS trusts")
                    .ignored("HTTPS trusts what the JVM's trust store has");

    static final List<Variable> ALL =
            List.of(
                    CLUSTER_NAME,
                    ADDITIONAL_ENI_TAGS,
                    ENABLE_SUBNET_DISCOVERY,
                    DISABLE_NETWORK_RESOURCE_PROVISIONING,
                    ENABLE_IMDS_ONLY_MODE,
                    DISABLE_LEAKED_ENI_CLEANUP,
                    MANAGE_UNTAGGED_ENI,
                    AWS_MANAGE_ENIS_NON_SCHEDULABLE,
                    HTTP_TIMEOUT,
                    AWS_EC2_ENDPOINT,
                    AWS_ENDPOINT_URL_EC2,
                    AWS_ENDPOINT_URL_STS,
                    AWS_ENDPOINT_URL,
                    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS,
                    METADATA_ENDPOINT,
                    credential("AWS_ACCESS_KEY_ID"),
                    credential("AWS_SECRET_ACCESS_KEY"),
                    credential("AWS_SESSION_TOKEN"),
                    credential("AWS_WEB_IDENTITY_TOKEN_FILE"),
                    credential("AWS_ROLE_ARN"),
                    credential("AWS_ROLE_SESSION_NAME"),
                    credential("AWS_PROFILE"),
                    credential("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
                    credential("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
                    AWS_EC2_METADATA_DISABLED,
                    AWS_REGION,
                    AWS_RETRY_MODE,
                    AWS_MAX_ATTEMPTS,
                    AWS_CA_BUNDLE);

    private CloudVariables() {}

    /** The SDK reads these itself. */
    private static Variable credential(String name) {
        return text(name, "").here("where the credentials for EC2 come from");
    }
}
