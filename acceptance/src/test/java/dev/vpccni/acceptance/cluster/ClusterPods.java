package dev.vpccni.acceptance.cluster;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Web servers in a cluster, each of which answers with its own name, behind a Service. */
record ClusterPods(Kubectl kubectl, String name) {

    private static final String MANIFEST =
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: $NAME}
            spec:
              replicas: $COUNT
              selector: {matchLabels: {app: $NAME}}
              template:
                metadata: {labels: {app: $NAME}}
                spec:
                  terminationGracePeriodSeconds: 0
                  automountServiceAccountToken: false
                  topologySpreadConstraints:
                  - maxSkew: 1
                    topologyKey: kubernetes.io/hostname
                    whenUnsatisfiable: ScheduleAnyway
                    labelSelector: {matchLabels: {app: $NAME}}
                  containers:
                  - name: web
                    image: localhost/busybox:1
                    imagePullPolicy: Never
                    command: [/bin/sh, -c, 'hostname >/www/index.html; exec httpd -f -p 80 -h /www']
                    readinessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: $NAME}
            spec: {selector: {app: $NAME}, ports: [{port: 80}]}
            """;

    /**
     * A pod that runs.
     *
     * @param node as Kubernetes calls it
     */
    record Running(String name, String node, String address) {}

    /** Starts so many, and waits until all serve. */
    static ClusterPods start(Kubectl kubectl, String name, int count) throws Exception {
        ClusterPods pods = begin(kubectl, name, count);
        pods.awaitAll();
        return pods;
    }

    /** Asks for so many. */
    static ClusterPods begin(Kubectl kubectl, String name, int count) throws Exception {
        String manifest = MANIFEST.replace("$NAME", name).replace("$COUNT", String.valueOf(count));
        kubectl.mustWith(manifest, "apply", "-f", "-");
        return new ClusterPods(kubectl, name);
    }

    /** Waits until all that were asked for serve. */
    void awaitAll() throws Exception {
        kubectl.must("rollout", "status", "deployment/" + name, "--timeout=180s");
    }

    /** Returns those that there are. */
    List<Running> running() throws Exception {
        var running = new ArrayList<Running>();
        for (JsonObject pod : kubectl.list("pods", "-l", "app=" + name)) {
            running.add(read(pod));
        }
        return running;
    }

    /** Returns where the Service is. */
    String service() throws Exception {
        return kubectl.must("get", "service", name, "-o", "jsonpath={.spec.clusterIP}");
    }

    /** Returns what an address answers at port 80, as one of them gets it. */
    String fetch(Running from, String address) throws Exception {
        return kubectl.must("exec", from.name(), "--", "sh", "-c", ask(address)).strip();
    }

    /** The same where the kubelet may refuse; then it is empty. */
    String tryToFetch(Running from, String address) throws Exception {
        return kubectl.run("exec", from.name(), "--", "sh", "-c", ask(address)).out().strip();
    }

    /** Not by wget: a static one may crash where it looks for glibc's resolvers. */
    private static String ask(String address) {
        return "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + address + " 80 | tail -n 1";
    }

    /** Removes all of it, and waits until that is done. */
    void remove() throws Exception {
        kubectl.must("delete", "deployment,service", name, "--timeout=60s");
        kubectl.must("wait", "--for=delete", "pod", "-l", "app=" + name, "--timeout=60s");
    }

    private static Running read(JsonObject pod) throws JsonException {
        return new Running(
                pod.object("metadata").string("name"),
                pod.object("spec").string("nodeName"),
                pod.object("status").string("podIP", ""));
    }
}
