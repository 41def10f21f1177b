package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.WantedBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lab up} makes of its options for the network: needs root. */
class LabTopologyTest {

    private final String name = "topology-" + ProcessHandle.current().pid();

    @Test
    void nodesHaveTheSubnetsCardsFamiliesAndPrefixesAskedFor(@TempDir Path home) throws Exception {
        try (Lab lab = Lab.start(settings(home, 3))) {
            List<JsonObject> subnets =
                    JsonObject.parse(Json.compact(lab.subnets())).objects("subnets");
            for (JsonObject subnet : subnets) {
                assertThat(subnet.integer("freePrefixes")).as(subnet.string("cidr")).isEqualTo(3);
                assertThat(subnet.integer("free")).isGreaterThan(200);
            }
            assertThat(subnets)
                    .extracting(each -> each.string("cidr") + " " + each.truth("pods", false))
                    .containsExactly(
                            "10.0.0.0/24 false", "10.0.1.0/24 false", "100.64.0.0/24 true");
            List<JsonObject> nodes = status(lab).objects("nodes");
            assertThat(nodes)
                    .extracting(node -> node.string("instanceType"))
                    .containsExactly("m5.large-2cards", "t3.medium-2cards");
            String second = addresses(nodes.get(1)).getLast();
            assertThat(second).startsWith("2600:1f14:aaaa:bb01:");
            assertThat(reaches(lab, second)).isTrue();
            assertThat(reaches(lab, "2001:db8:113::10")).isTrue();

            giveAPrefixOnTheSecondCard(lab, subnets.getLast().string("id"));
            JsonObject eni = status(lab).objects("nodes").getFirst().objects("enis").getLast();
            assertThat(eni.integer("card")).isEqualTo(1);
            assertThat(eni.integer("device")).isZero();
            JsonObject prefix = eni.objects("prefixes").getFirst();
            assertThat(prefix.string("prefix")).matches("100\\.64\\.0\\.\\d+/28");
            assertThat(prefix.integer("used")).isZero();
        }
    }

    @Test
    void moreFreePrefixesThanASubnetHasAreRefused(@TempDir Path home) {
        assertThatThrownBy(() -> Lab.start(settings(home, 15)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("prefixes, not 15");
    }

    private static void giveAPrefixOnTheSecondCard(Lab lab, String subnet) {
        var emulator = lab.cloud().emulator();
        InterfaceId eni =
                emulator.apply(
                                new CreateNetworkInterface(
                                        "",
                                        new SubnetId(subnet),
                                        "",
                                        List.of(),
                                        new TreeMap<>(),
                                        0))
                        .reply()
                        .eni()
                        .id();
        var instance = lab.machines().iterator().next().instance().id();
        emulator.apply(new AttachNetworkInterface(eni, instance, 1, 0)).reply();
        emulator.apply(new AssignPrivateIpAddresses(eni, WantedBlocks.anyPrefixes(1), false))
                .reply();
    }

    private static JsonObject status(Lab lab) throws Exception {
        return JsonObject.parse(Json.compact(lab.status()));
    }

    private static List<String> addresses(JsonObject node) throws Exception {
        var texts = new ArrayList<String>();
        for (JsonObject address : node.objects("enis").getFirst().objects("addresses")) {
            texts.add(address.string("address"));
        }
        return texts;
    }

    private static boolean reaches(Lab lab, String address) throws IOException {
        List<String> ping = List.of("ping", "-c1", "-W2", address);
        return Program.of(lab.machine("node-1").node().enter(ping)).end().status() == 0;
    }

    private LabSettings settings(Path home, int prefixesFree) {
        var topology =
                new LabTopology(
                        List.of(Ipv4Cidr.parse("10.0.0.0/24"), Ipv4Cidr.parse("10.0.1.0/24")),
                        List.of(Ipv4Cidr.parse("100.64.0.0/24")),
                        true,
                        2,
                        prefixesFree);
        return new LabSettings(
                name,
                2,
                "m5.large,t3.medium",
                new TreeMap<>(),
                "instant",
                7,
                false,
                Egress.INTERNET_GATEWAY,
                topology,
                home);
    }
}
