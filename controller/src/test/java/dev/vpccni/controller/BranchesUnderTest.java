package dev.vpccni.controller;

import dev.vpccni.aws.AwsEc2;
import dev.vpccni.aws.AwsSettings;
import dev.vpccni.aws.CallListener;
import dev.vpccni.controller.plan.BranchRules;
import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeObjects;
import dev.vpccni.kubernetes.fake.HeldTempo;
import dev.vpccni.kubernetes.program.ProgramTempo;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An API server, an emulated EC2, and controllers between them, in time that a test has pass. */
final class BranchesUnderTest implements AutoCloseable {

    static final String NODES = "/api/v1/nodes";
    static final String PODS = "/api/v1/pods";
    static final String CNINODES = "/apis/vpcresources.k8s.aws/v1alpha1/cninodes";
    static final String POLICIES = "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies";
    static final String CONFIGS = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";
    static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For what comes by a watch. */
    private static final Duration TURN = Duration.ofMillis(20);

    /** For what tasks do that time has woken, such as the renewal of a lease; some of them end. */
    private static final Duration TURN_MAX = Duration.ofSeconds(2);

    final FakeApiServer server = new FakeApiServer();
    final FakeObjects objects = new FakeObjects(server);
    final List<String> log = new CopyOnWriteArrayList<>();
    final HeldTempo tempo = new HeldTempo();
    final Emulator emulator;
    final SubnetId subnet;
    final SubnetId other;
    final SecurityGroupId group;
    final InstanceId instance;
    private final VpcId vpc;
    private final ApiClient client;
    private final AwsEc2 ec2;
    private final List<BranchProgram> programs = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    BranchesUnderTest(Path folder) throws IOException, JsonException {
        server.redirect(BranchesUnderTest::collected);
        for (String each : List.of(NODES, PODS, CNINODES, POLICIES, CONFIGS, LEASES, EVENTS)) {
            // A collection that was never written to would not be known as one.
            objects.write(each, "{\"metadata\":{\"name\":\"none\",\"namespace\":\"\"}}", "test");
            objects.delete(each, "none");
        }
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        emulator =
                Emulator.start(
                        new EmulatorSettings(
                                any, VpcSettings.of(1, Latency.INSTANT), InstantSource.system()));
        vpc =
                made(new Ec2Request.CreateVpc(
                                List.of(Ipv4Cidr.parse("10.0.0.0/16")), new TreeMap<>()))
                        .id();
        subnet = subnet("10.0.0.0/24");
        other = subnet("10.0.1.0/24");
        group = made(new Ec2Request.CreateSecurityGroup(vpc, "pods")).id();
        instance = runInstance("node-1");
        ec2 =
                new AwsEc2(
                        AwsSettings.from(
                                Map.of(
                                        "AWS_ENDPOINT_URL",
                                        emulator.endpoint().toString(),
                                        "AWS_ACCESS_KEY_ID",
                                        "AKIAIOSFODNN7EXAMPLE",
                                        "AWS_SECRET_ACCESS_KEY",
                                        "secret"),
                                "us-west-2",
                                "v1"),
                        new ProgramTempo(log::add, () -> {}),
                        CallListener.NONE);
    }

    /** Pods are found in the collection of all, and a status in its object. */
    private static String collected(String path) {
        return path.replaceFirst("^/api/v1/namespaces/[^/]+/pods/", PODS + "/")
                .replaceFirst("^(/api/v1/nodes/[^/]+)/status$", "$1");
    }

    InstanceId runInstance(String name) {
        var type = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        return emulator.runInstance(type, subnet, name).id();
    }

    private SubnetId subnet(String cidr) {
        return made(new Ec2Request.CreateSubnet(
                        vpc, "us-west-2a", Ipv4Cidr.parse(cidr), new TreeMap<>()))
                .id();
    }

    <R extends Ec2Reply> R made(Ec2Request<R> request) {
        return emulator.apply(request).reply();
    }

    List<EniDescription> interfaces() {
        return made(Ec2Request.DescribeNetworkInterfaces.where()).enis();
    }

    /** Returns how many interfaces were made for pods. */
    long ofPods() {
        return interfaces().stream()
                .filter(eni -> eni.tags().containsKey(BranchTags.POD_UID))
                .count();
    }

    long calls(String action) {
        CallCounts.Count count = emulator.calls().total(CallCounts.Service.EC2).get(action);
        return count == null ? 0 : count.calls();
    }

    /** Starts a controller, and returns it. */
    BranchProgram start(String self) {
        var settings =
                new BranchSettings(
                        "test",
                        "us-west-2",
                        "kube-system",
                        "branch-controller",
                        new BranchRules(Duration.ofSeconds(60), 1, Duration.ofMinutes(10)));
        var program =
                new BranchProgram(
                        client,
                        ec2,
                        settings,
                        self,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        new Random(7),
                        line -> log.add(self + ": " + line));
        program.start();
        programs.add(program);
        threads.add(Thread.ofVirtual().start(program.controller()));
        return program;
    }

    void addNode(String name, InstanceId of) throws JsonException {
        objects.write(
                NODES,
                """
                {"apiVersion":"v1","kind":"Node",
                 "metadata":{"name":"%s","uid":"uid-of-%s","namespace":"",
                   "labels":{"node.kubernetes.io/instance-type":"m5.large"}},
                 "spec":{"providerID":"aws:///us-west-2a/%s"},"status":{"capacity":{"pods":"29"}}}
                """
                        .formatted(name, name, of),
                "kubelet");
    }

    /** Has the node's daemon want branch interfaces. */
    void want(String node, String... further) throws JsonException {
        List<Object> features = new ArrayList<>();
        features.add(Map.of("name", "SecurityGroupsForPods"));
        if (further.length > 0) {
            features.add(Map.of("name", "CustomNetworking", "value", further[0]));
        }
        objects.write(
                CNINODES,
                Json.compact(
                        Map.of(
                                "metadata",
                                Map.of("name", node, "namespace", ""),
                                "spec",
                                Map.of("features", features))),
                "aws-node");
    }

    void addPolicy(String name, String selector) throws JsonException {
        objects.write(
                POLICIES,
                """
                {"metadata":{"name":"%s","namespace":"default"},
                 "spec":{%s,"securityGroups":{"groupIds":["%s"]}}}
                """
                        .formatted(name, selector, group),
                "user");
    }

    void addPod(String name, String node, boolean asks) throws JsonException {
        String limits = asks ? "\"limits\":{\"vpc.amazonaws.com/pod-eni\":\"1\"}" : "";
        objects.write(
                PODS,
                """
                {"apiVersion":"v1","kind":"Pod",
                 "metadata":{"name":"%s","namespace":"default","uid":"uid-of-%s",
                   "labels":{"app":"db"}},
                 "spec":{"nodeName":"%s","serviceAccountName":"default",
                   "containers":[{"name":"c","resources":{%s}}]},"status":{"phase":"Pending"}}
                """
                        .formatted(name, name, node, limits),
                "user");
    }

    /** Returns what a pod was told; null if nothing. */
    @Nullable JsonObject told(String pod) {
        Map<String, Object> object = server.find(PODS, pod);
        if (object != null
                && object.get("metadata") instanceof Map<?, ?> metadata
                && metadata.get("annotations") instanceof Map<?, ?> annotations
                && annotations.get("vpc.amazonaws.com/pod-eni") instanceof String text) {
            try {
                return Json.parse(text) instanceof List<?> all
                        ? JsonObject.of(all.getFirst(), "")
                        : null;
            } catch (JsonException e) {
                throw new AssertionError(e);
            }
        }
        return null;
    }

    /** Returns a part of an object as a text; empty if there is none. */
    String part(String collection, String name, String part) {
        Map<String, Object> object = server.find(collection, name);
        return object == null ? "" : String.valueOf(object.get(part));
    }

    /** Returns what was written in events about a pod. */
    List<String> events() {
        return server.heard().stream()
                .filter(request -> request.path().equals(EVENTS))
                .map(FakeApiServer.Heard::body)
                .toList();
    }

    /** Lets time pass in steps of a second until something holds; fails after a while. */
    void passUntil(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not in " + PATIENCE + ": " + what + "; " + log);
            }
            pass(1);
        }
    }

    /** Lets seconds pass, in each of which others have their turn. */
    void pass(int seconds) throws InterruptedException {
        pass(seconds, 1);
    }

    /** Lets seconds pass, {@code step} of them at once. */
    void pass(int seconds, int step) throws InterruptedException {
        for (int i = 0; i < seconds; i += step) {
            int before = tempo.waiting();
            tempo.pass(Duration.ofSeconds(step));
            long end = System.nanoTime() + TURN_MAX.toNanos();
            while (tempo.waiting() < before && System.nanoTime() - end < 0) {
                Thread.sleep(1);
            }
            Thread.sleep(TURN);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        programs.forEach(BranchProgram::close);
        server.close();
        client.close();
        ec2.close();
        emulator.close();
    }
}
