package dev.vpccni.daemon.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.testing.SeededTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShimProtocolTest {

    @Test
    void readsARequest() throws Exception {
        byte[] frame = Frames.request(Map.of("CNI_COMMAND", "ADD", "CNI_ARGS", "a=b"), "{}", 2);
        assertThat(ShimProtocol.requestLength(frame)).isEqualTo(frame.length);
        ShimRequest request = ShimProtocol.request(frame, frame.length);
        assertThat(request.environment())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("CNI_COMMAND", "ADD", "CNI_ARGS", "a=b"));
        assertThat(request.descriptors()).isEqualTo(2);
        assertThat(request.deadlineMillis()).isEqualTo(60_000);
        assertThat(request.takesOrders()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, true", "3, true"})
    void tellsWhatThePluginUnderstands(int highest, boolean orders) throws Exception {
        byte[] frame = Frames.takingOrders(Frames.request(Map.of("CNI_COMMAND", "ADD"), "", 0));
        frame[28] = (byte) highest;
        frame[31] = 0;
        assertThat(ShimProtocol.request(frame, frame.length).takesOrders()).isEqualTo(orders);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 86, not a request",
        "4, 2, speaks version 2",
        "6, 1, 1 descriptors are announced",
        "20, -1, bytes of environment are announced",
        "23, 127, bytes of environment are announced",
        "27, 127, bytes of input are announced; 4194304 may come",
    })
    void refusesABadHeader(int offset, int value, String message) {
        byte[] frame = Frames.request(Map.of("A", "b"), "{}", 0);
        frame[offset] = (byte) (offset == 0 ? 'X' : value);
        if (value < 0) {
            frame[offset + 3] = (byte) value;
        }
        assertThatThrownBy(() -> ShimProtocol.requestLength(frame))
                .isInstanceOf(MalformedFrame.class)
                .hasMessageContaining(message);
    }

    @SeededTest(runs = 500)
    void neverFailsInAnotherWay(RandomGenerator random) {
        byte[] frame = Frames.request(Map.of("CNI_COMMAND", "ADD"), "{\"name\":\"n\"}", 0);
        for (int i = random.nextInt(4); i >= 0; i--) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        int length = random.nextInt(frame.length + 1);
        byte[] cut = java.util.Arrays.copyOf(frame, Math.max(length, 32));
        try {
            ShimRequest read = ShimProtocol.request(cut, length);
            assertThat(read.environment().toString().length()).isLessThanOrEqualTo(frame.length);
        } catch (MalformedFrame e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void writesAnAnswer() {
        byte[] reply = ShimProtocol.reply(1, "no".getBytes(UTF_8));
        assertThat(new String(reply, 0, 4, UTF_8)).isEqualTo("VCNR");
        assertThat(reply).hasSize(14).endsWith("no".getBytes(UTF_8));
        assertThat(reply[6]).isEqualTo((byte) 1);
    }

    /** The plugin is in another language, so its constants are compared as text. */
    @Test
    void hasThePluginsConstants() throws Exception {
        String source = Files.readString(Path.of("../shim/src/main/c/shim.c"));
        assertThat(source)
                .contains(
                        "#define PROTOCOL_VERSION " + ShimProtocol.VERSION + " ",
                        "#define ORDER_VERSION " + ShimProtocol.ORDER_VERSION + " ",
                        "#define ENVIRONMENT_MAX (64 * 1024)",
                        "#define STDIN_MAX (4 * 1024 * 1024)",
                        "#define REPLY_MAX (1024 * 1024)");
        assertThat(ShimProtocol.ENVIRONMENT_MAX).isEqualTo(64 * 1024);
        assertThat(ShimProtocol.INPUT_MAX).isEqualTo(4 * 1024 * 1024);
        assertThat(ShimProtocol.OUTPUT_MAX).isEqualTo(1024 * 1024);
    }
}
