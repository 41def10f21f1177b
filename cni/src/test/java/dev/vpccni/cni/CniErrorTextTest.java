package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an operator reads in the events of a pod and in the log of its runtime. */
final class CniErrorTextTest {

    @Test
    void everyErrorInFull() {
        assertThat(
                        CniErrorTest.catalogue()
                                .map(arguments -> (CniError) arguments.get()[0])
                                .map(error -> Json.compact(error.toTree()))
                                .collect(Collectors.joining("\n")))
                .isEqualTo(
                        """
                        {"code":1,"msg":"incompatible CNI versions","details":"config is \\"2.0.0\\", plugin supports [0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0]"}
                        {"code":1,"msg":"config version does not allow CHECK","details":"cniVersion is \\"0.3.1\\"; CHECK needs 0.4.0"}
                        {"code":3,"msg":"no network namespace at \\"/run/x\\"","details":"CNI_NETNS must be the path of a network namespace that exists: it is none"}
                        {"code":4,"msg":"required env variables [CNI_PATH] missing"}
                        {"code":4,"msg":"invalid CNI_IFNAME \\"..\\"","details":"allowed: a name"}
                        {"code":5,"msg":"write failed: disk full","details":"see to the disk; the same request can be made again"}
                        {"code":6,"msg":"error unmarshall network config: empty","details":"the standard input must be one JSON object"}
                        {"code":7,"msg":"network config: \\"mtu\\" is 1","details":"allowed: a string"}
                        {"code":8,"msg":"plugin's netns and netns from CNI_NETNS should not be the same","details":"CNI_NETNS is \\"/proc/1/ns/net\\""}
                        {"code":11,"msg":"no address","details":"wait"}
                        {"code":50,"msg":"starting","details":"wait"}
                        {"code":999,"msg":"the container is not connected as its result says","details":"no rule; no route"}
                        {"code":999,"msg":"wiring","details":"look"}\
                        """);
    }

    @Test
    void statusAndGcNeedTheNewestVersion() {
        for (CniCommand command : new CniCommand[] {CniCommand.STATUS, CniCommand.GC}) {
            assertThat(new CniError.CommandNotAllowed(CniVersion.V1_0_0, command).details())
                    .isEqualTo("cniVersion is \"1.0.0\"; " + command + " needs 1.1.0");
        }
    }
}
