package dev.vpccni.daemon.environment;

import static dev.vpccni.daemon.environment.Variable.flagA;
import static dev.vpccni.daemon.environment.Variable.text;
import static dev.vpccni.daemon.environment.Variable.textIfAny;

import java.util.List;

/** Where the daemon keeps things, what it tells whom, and what it asks of Kubernetes. */
public final class ProcessVariables {

    private static final String INTROSPECTION = "introspection";

    public static final Variable RUN_FOLDER =
            textIfAny("VPC_CNI_RUN_FOLDER", "/var/run/aws-node")
                    .here("the folder of sockets, lock and spool")
                    .upstream("not there");

    public static final Variable BACKING_STORE =
            textIfAny("AWS_VPC_K8S_CNI_BACKING_STORE", "/var/run/aws-node/ipam.json")
                    .here("the checkpoint; in `VPC_CNI_RUN_FOLDER`, if not set")
                    .upstream("the same, undocumented");

    public static final Variable CLUSTER_FILE =
            text("VPC_CNI_CLUSTER_FILE", "")
                    .here(
                            "a file that says in JSON, in place of the cluster, what its objects would: `eniConfig`"
                                    + " (`name`, `subnet`, `securityGroups`) for custom networking,"
                                    + " `schedulable`, and `pods` (`namespace`, `name`) bound to the"
                                    + " node; read anew when it changes")
                    .upstream("not there");

    public static final Variable LOG_FILE =
            textIfAny("AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log")
                    .here("a file, `stdout` or `stderr`");

    public static final Variable LOG_LEVEL =
            text("AWS_VPC_K8S_CNI_LOGLEVEL", "Debug")
                    .here(
                            "`debug`, `info`, `warn`, `error` or `fatal`, in any case; anything else"
                                    + " is `debug`");

    public static final Variable VERSION =
            text("VPC_CNI_VERSION", "").here("what EC2 and clients are told");

    private static final Variable POD_NAME =
            text("MY_POD_NAME", "")
                    .here("who has the node's lock, as the next daemon says")
                    .upstream("the object of events");

    public static final Variable NODE_NAME =
            text("MY_NODE_NAME", "")
                    .here("what the cluster calls the node, whose objects are followed");

    public static final Variable NETWORK_POLICY_MODE =
            text("NETWORK_POLICY_ENFORCING_MODE", "")
                    .since("1.17.1")
                    .here(
                            "`none`, `strict` or `standard`, passed on to upstream's plugin; anything"
                                    + " else, and empty, ends the start");

    public static final Variable ENABLE_POD_ENI =
            flagA("ENABLE_POD_ENI", false)
                    .since("1.7.0")
                    .here(
                            "pods that ask for `vpc.amazonaws.com/pod-eni` have branch interfaces of"
                                    + " a trunk, which a controller attaches; needs the API server");

    public static final Variable ANNOTATE_POD_IP =
            flagA("ANNOTATE_POD_IP", false)
                    .since("1.9.3")
                    .here(
                            "a pod's address is written to its annotation"
                                    + " `vpc.amazonaws.com/pod-ips`, soon after its ADD, and taken"
                                    + " out after its DEL. Takes the right to patch pods")
                    .upstream("the same, within the ADD, which fails with it");

    public static final Variable NODE_CONDITION =
            flagA("VPC_CNI_NODE_CONDITION", false)
                    .here(
                            "the Node's condition `NetworkUnavailable` says whether pods can be"
                                    + " given addresses: true keeps new pods off. Takes the right to"
                                    + " patch nodes/status")
                    .upstream("not there");

    public static final Variable STARTUP_TAINT =
            text("VPC_CNI_STARTUP_TAINT", "")
                    .here(
                            "the key of a taint that the node is registered with, and that is"
                                    + " removed once pods can be given addresses; empty for none."
                                    + " Takes the right to patch nodes")
                    .upstream("not there");

    private static final Variable CLUSTER_ENDPOINT =
            text("CLUSTER_ENDPOINT", "")
                    .since("1.12.1")
                    .here("the URL of the API server, in place of the one that is known otherwise")
                    .upstream("the same; an empty one breaks it");

    private static final Variable KUBECONFIG =
            text("KUBECONFIG", "")
                    .here("a file that says where the API server is, and who asks it");

    private static final Variable SERVICE_HOST =
            text("KUBERNETES_SERVICE_HOST", "")
                    .here(
                            "where the API server is, asked as the pod's service account; without it"
                                    + " and `KUBECONFIG` no cluster is asked");

    private static final Variable SERVICE_PORT =
            text("KUBERNETES_SERVICE_PORT", "").here("its port, 443 if not set");

    private static final Variable DISABLE_METRICS =
            flagA("DISABLE_METRICS", false)
                    .here("nothing listens on port 61678")
                    .quietUntil("metrics");

    private static final Variable DISABLE_INTROSPECTION =
            flagA("DISABLE_INTROSPECTION", false)
                    .here("nothing listens for introspection")
                    .quietUntil(INTROSPECTION);

    private static final Variable INTROSPECTION_BIND_ADDRESS =
            text("INTROSPECTION_BIND_ADDRESS", "127.0.0.1:61679")
                    .here("where introspection listens; after `unix:`, a socket's path")
                    .saidUntil(INTROSPECTION, "nothing listens there");

    static final List<Variable> ALL =
            List.of(
                    RUN_FOLDER,
                    BACKING_STORE,
                    CLUSTER_FILE,
                    LOG_FILE,
                    LOG_LEVEL,
                    VERSION,
                    POD_NAME,
                    NODE_NAME,
                    NETWORK_POLICY_MODE,
                    ENABLE_POD_ENI,
                    ANNOTATE_POD_IP,
                    NODE_CONDITION,
                    STARTUP_TAINT,
                    CLUSTER_ENDPOINT,
                    KUBECONFIG,
                    SERVICE_HOST,
                    SERVICE_PORT,
                    DISABLE_METRICS,
                    DISABLE_INTROSPECTION,
                    INTROSPECTION_BIND_ADDRESS);

    private ProcessVariables() {}
}
