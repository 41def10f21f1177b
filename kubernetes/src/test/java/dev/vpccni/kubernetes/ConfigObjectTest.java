package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an ENIConfig is taken to say, and that one that is not clear says nothing. */
final class ConfigObjectTest {

    private static InterfaceConfig read(String spec) throws JsonException {
        var config = new ConfigObject("pods", () -> {});
        config.changed(
                JsonObject.parse("{\"metadata\":{\"name\":\"pods\"},\"spec\":" + spec + "}"));
        return config.said();
    }

    @Test
    void severalSubnetsMayBeNamed() throws Exception {
        assertThat(
                        read(
                                "{'subnets':['subnet-1','subnet-2'],'securityGroups':['sg-1']}"
                                        .replace('\'', '"')))
                .isEqualTo(
                        new InterfaceConfig.Several(
                                "pods",
                                List.of(new SubnetId("subnet-1"), new SubnetId("subnet-2")),
                                new TreeMap<>(),
                                List.of(new SecurityGroupId("sg-1"))));
    }

    @Test
    void tagsMaySelectThem() throws Exception {
        assertThat(read("{'subnetSelector':{'tags':{'pods':'yes','empty':''}}}".replace('\'', '"')))
                .isEqualTo(
                        new InterfaceConfig.Several(
                                "pods",
                                List.of(),
                                new TreeMap<>(Map.of("pods", "yes", "empty", "")),
                                List.of()));
    }

    /** A form that was left empty is one that is not used. */
    @Test
    void oneSubnetIsAsUpstreams() throws Exception {
        assertThat(
                        read(
                                "{'subnet':'subnet-1','subnets':[],'subnetSelector':{}}"
                                        .replace('\'', '"')))
                .isEqualTo(new InterfaceConfig.Known("pods", new SubnetId("subnet-1"), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | names no subnet: set its spec.subnet",
                "{'subnets':[]} | names no subnet",
                "{'subnetSelector':{'tags':{}}} | names no subnet",
                "{'subnet':'a','subnets':['b']} | in more than one way",
                "{'subnet':'a','subnetSelector':{'tags':{'k':'v'}}} | in more than one way",
                "{'subnets':['a'],'subnetSelector':{'tags':{'k':'v'}}} | in more than one way",
                "{'subnets':'a'} | cannot be understood",
                "{'subnets':[7]} | cannot be understood",
                "{'subnets':['']} | cannot be understood",
                "{'subnetSelector':'pods=yes'} | cannot be understood",
                "{'subnetSelector':{'tags':['pods']}} | cannot be understood",
                "{'subnetSelector':{'tags':{'k':7}}} | cannot be understood",
                "{'subnet':7} | cannot be understood",
            })
    void whatIsNotClearNamesNoSubnet(String spec, String why) throws Exception {
        assertThat(read(spec.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        InterfaceConfig.Unknown.class,
                        unknown ->
                                assertThat(unknown.reason())
                                        .startsWith("the ENIConfig pods ")
                                        .contains(why));
    }

    @Test
    void whatIsTooMuchIsNot() throws Exception {
        String names =
                IntStream.range(0, 101)
                        .mapToObj(i -> "\"subnet-" + i + "\"")
                        .collect(Collectors.joining(","));
        assertThat(read("{\"subnets\":[" + names + "]}"))
                .isInstanceOf(InterfaceConfig.Unknown.class);
        assertThat(read("{\"subnet\":\"a\",\"securityGroups\":[" + names + "]}"))
                .isInstanceOf(InterfaceConfig.Unknown.class);
    }
}
