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

    public static final Variable BINARIES =
            text("HOST_CNI_BIN_PATH", "/host/opt/cni/bin")
                    .here(
                            "where the plugins are put: those of others by `vpc-cni init`, our own by"
                                    + " the daemon before the configuration, which puts them nowhere"
                                    + " if it is not set")
                    .upstream("the same; the daemon's container puts its own there always");

    public static final Variable CONFLIST_VERSION =
            text("VPC_CNI_CONFLIST_VERSION", "0.4.0")
                    .here(
                            "the `cniVersion` of `10-aws.conflist`: `0.4.0`, `1.0.0` or `1.1.0`."
                                    + " With `1.1.0` runtimes ask whether pods can be added, so that"
                                    + " a node without its daemon is not ready; plugins on the host"
                                    + " must know it")
                    .upstream("`0.4.0`");

    public static final Variable CONFLIST_TEMPLATE =
            textIfAny("VPC_CNI_CONFLIST_TEMPLATE", "/app/10-aws.conflist")
                    .here(
                            "if there is such a file it is the configuration, once its placeholders"
                                    + " (`__MTU__`) are filled; `VPC_CNI_CONFLIST_VERSION` is not"
                                    + " for it")
                    .upstream("the file is there always, and others are mounted over it");

    public static final Variable PLUGIN_FOLDER =
            textIfAny("VPC_CNI_PLUGIN_FOLDER", "/app/cni")
                    .here("where the daemon finds `aws-cni` and `egress-cni`")
                    .upstream("not there");

    public static final Variable INIT_FOLDER =
            textIfAny("VPC_CNI_INIT_FOLDER", "/init")
                    .here("where `vpc-cni init` finds the plugins of others")
                    .upstream("not there");

    static final List<Variable> ALL =
            List.of(
                    CONFLIST_FOLDER,
                    CONFLIST_VERSION,
                    CONFLIST_TEMPLATE,
                    LOG_FILE,
                    LOG_LEVEL,
                    ENABLE_BANDWIDTH_PLUGIN,
                    DISABLE_POD_V6,
                    ENFORCING_MODE,
                    EGRESS_V4_LOG_FILE,
                    EGRESS_V6_LOG_FILE,
                    BINARIES,
                    PLUGIN_FOLDER,
                    INIT_FOLDER);

    private PluginVariables() {}
}
