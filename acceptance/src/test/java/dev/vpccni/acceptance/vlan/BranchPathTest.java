package dev.vpccni.acceptance.vlan;

import static dev.vpccni.acceptance.vlan.BranchVpc.ip;
import static dev.vpccni.acceptance.vlan.BranchVpc.reaches;
import static dev.vpccni.acceptance.vlan.BranchVpc.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.EniDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Security groups for pods from the policy to the packet: the controller of branch interfaces, a
 * node's daemon and its plugin, each as the program that it is, and a VPC that forwards by what EC2
 * says.
 */
@Tag("vlan")
final class BranchPathTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir private Path folder;
    private BranchVpc vpc;
    private BranchObjects objects;
    private SecurityGroupId groupOfDb;
    private SecurityGroupId groupOfWeb;
    private final List<Process> programs = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        vpc = BranchVpc.start();
        objects = new BranchObjects();
        groupOfDb = vpc.makeGroup("db");
        groupOfWeb = vpc.makeGroup("web");
        objects.addNode("node-1", vpc.instance);
        objects.addPolicy("db", groupOfDb);
        objects.addPolicy("web", groupOfWeb);
    }

    @AfterEach
    void end() throws Exception {
        for (Process program : programs) {
            program.destroy();
        }
        for (Process program : programs) {
            if (!program.waitFor(20, TimeUnit.SECONDS)) {
                program.destroyForcibly();
            }
        }
        objects.close();
        vpc.close();
    }

    @Test
    void aPodHasThePathAndTheGroupsThatItsPolicyNames() throws Exception {
        start("daemon");
        start(
                "branch-controller",
                "--cluster-name=test",
                "--region=us-west-2",
                "--cooldown=30",
                "--warm=1");
        await("what the node offers", () -> objects.offers("node-1").equals("9"));

        EniDescription db = connected("db-0", "db");
        assertThat(db.groups()).containsOnlyKeys(groupOfDb);
        EniDescription web = connected("web-0", "web");
        assertThat(web.groups()).containsOnlyKeys(groupOfWeb);
        assertThat(ip("-d link show type vlan")).contains("id 1 ", "id 2 ");
        assertThat(reaches(db.primaryAddress().toString())).isTrue();

        // The interface rests for its cool-down with its VLAN; nobody else has that meanwhile.
        disconnect("db-0");
        assertThat(ip("-d link show type vlan")).doesNotContain("id 1 ").contains("id 2 ");
        EniDescription next = connected("db-1", "db");
        assertThat(ip("-d link show type vlan")).contains("id 3 ");
        assertThat(next.id()).isNotEqualTo(db.id());
        await(
                "the interface of the pod that is gone to be gone",
                () -> vpc.interfaces().stream().noneMatch(eni -> eni.id().equals(db.id())));
        EniDescription last = connected("db-2", "db");
        assertThat(ip("-d link show type vlan")).contains("id 1 ");

        for (EniDescription one : List.of(web, next, last)) {
            assertThat(reaches(one.primaryAddress().toString())).as("%s", one).isTrue();
        }
    }

    /** Makes a pod and connects it, and returns its interface. */
    private EniDescription connected(String name, String app) throws Exception {
        objects.addPod(name, app, "node-1");
        await("what " + name + " is told", () -> !objects.told(name).isEmpty());
        String eni = objects.told(name);
        vpc.carry(eni);
        ip("netns add " + name);
        Ended ended = plugin("ADD", name);
        assertThat(ended.status()).as("%s", ended).isZero();
        EniDescription shown = vpc.find(eni);
        String address = shown.primaryAddress().toString();
        assertThat(JsonObject.parse(ended.out()).objects("ips").getFirst().string("address"))
                .isEqualTo(address + "/32");
        run("ip netns exec " + name + " ping -q -c 1 -i 0.2 -w 20 " + BranchVpc.OUTSIDE);
        assertThat(reaches(address)).isTrue();
        return shown;
    }

    private void disconnect(String name) throws Exception {
        Ended ended = plugin("DEL", name);
        assertThat(ended.status()).as("%s", ended).isZero();
        ip("netns del " + name);
        objects.removePod(name);
    }

    private Ended plugin(String command, String name) throws Exception {
        var container = new Container(name, name + "0123456789abcdef", "/run/netns/" + name);
        var builder =
                new ProcessBuilder(
                        LabUnderTest.home().resolve("dist/node/opt/cni/bin/aws-cni").toString());
        builder.environment().clear();
        builder.environment().putAll(container.variables(command));
        builder.environment().put("VPC_CNI_SOCKET", folder.resolve("cni.sock").toString());
        builder.environment().put("VPC_CNI_SPOOL", folder.resolve("spool").toString());
        return Ended.of(builder, NetConf.of("1.0.0"));
    }

    private void start(String... words) throws Exception {
        var all = new ArrayList<>(List.of(LabUnderTest.home().resolve("bin/vpc-cni").toString()));
        all.addAll(List.of(words));
        Path said = folder.resolve(words[0] + ".txt");
        var builder =
                new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(
                        Map.ofEntries(
                                Map.entry("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                                Map.entry("JAVA_HOME", System.getProperty("java.home")),
                                Map.entry("KUBECONFIG", objects.kubeconfig(folder).toString()),
                                Map.entry("MY_NODE_NAME", "node-1"),
                                Map.entry("ENABLE_POD_ENI", "true"),
                                Map.entry("WARM_IP_TARGET", "1"),
                                Map.entry("MINIMUM_IP_TARGET", "1"),
                                Map.entry("VPC_CNI_RUN_FOLDER", folder.toString()),
                                Map.entry("AWS_VPC_K8S_CNI_LOG_FILE", "stdout"),
                                Map.entry(
                                        "AWS_ENDPOINT_URL_EC2", vpc.emulator.endpoint().toString()),
                                Map.entry(
                                        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                        vpc.metadata.uri().toString()),
                                Map.entry("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
                                Map.entry("AWS_SECRET_ACCESS_KEY", "secret")));
        programs.add(builder.start());
    }

    private void await(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not in " + PATIENCE + ": " + what + "; " + said());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private String said() throws Exception {
        return Files.readString(folder.resolve("daemon.txt"))
                + Files.readString(folder.resolve("branch-controller.txt"));
    }
}
