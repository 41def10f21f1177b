package dev.vpccni.daemon.environment;

import static dev.vpccni.daemon.environment.Variable.flagA;
import static dev.vpccni.daemon.environment.Variable.text;
import static dev.vpccni.daemon.environment.Variable.textIfAny;

import java.util.List;

/** What the configuration for runtimes says, and where it is put. */
public final class PluginVariables {

    private static final String FOLDER = "/var/log/aws-routed-eni/";

    public static final Variable CONFLIST_FOLDER =
            text("HOST_CNI_CONFDIR_PATH", "")
                    .here(
                            "where `10-aws.conflist` is put once pods can be added; nowhere, if not"
                                    + " set")
                    .upstream("`/host/etc/cni/net.d`, if not set");

    public static final Variable LOG_FILE =
            text("AWS_VPC_K8S_PLUGIN_LOG_FILE", FOLDER + "plugin.log")
                    .here(
                            "where the plugin's lines go; `stdout` ends the start, and empty is the"
                                    + " standard error");

    public static final Variable LOG_LEVEL =
            text("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "Debug").here("which of them are written");

    public static final Variable ENABLE_BANDWIDTH_PLUGIN =
            flagA("ENABLE_BANDWIDTH_PLUGIN", false)
                    .since("1.10.0")
                    .here("the `bandwidth` plugin runs, too");

    public static final Variable DISABLE_POD_V6 =
            flagA("DISABLE_POD_V6", false)
                    .since("1.15.0")
                    .here("the `tuning` plugin switches IPv6 off in pods");

    public static final Variable ENFORCING_MODE =
            textIfAny("POD_SECURITY_GROUP_ENFORCING_MODE", "strict")
                    .since("1.11.0")
                    .here(
                            "`strict` or `standard`, passed on to the plugin; anything else is"
                                    + " `strict`, and with `ENABLE_POD_ENI` ends the start");

    public static final Variable EGRESS_V4_LOG_FILE =
            text("AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE", FOLDER + "egress-v4-plugin.log")
                    .here("where the lines of the egress plugin go in an IPv6 cluster")
                    .upstream("the same, undocumented");

    public static final Variable EGRESS_V6_LOG_FILE =
            text("AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE", FOLDER + "egress-v6-plugin.log")
                    .here("where the lines of the egress plugin go in an IPv4 cluster")
                    .upstream("the same, undocumented");

    private static final Variable BINARIES =
            text("HOST_CNI_BIN_PATH", "/host/opt/cni/bin")
                    .here("where the plugins are put")
                    .quietUntil("installation");

    static final List<Variable> ALL =
            List.of(
                    CONFLIST_FOLDER,
                    LOG_FILE,
                    LOG_LEVEL,
                    ENABLE_BANDWIDTH_PLUGIN,
                    DISABLE_POD_V6,
                    ENFORCING_MODE,
                    EGRESS_V4_LOG_FILE,
                    EGRESS_V6_LOG_FILE,
                    BINARIES);

    private PluginVariables() {}
}
