package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.testing.SeededTest;
import java.util.random.RandomGenerator;

/** What comes over the socket of the plugin: requests, and reports of orders. */
final class FrameFuzzTest {

    private static final Inputs INPUTS = Inputs.of(FrameFuzzTest.class, "frames");

    @FuzzTest
    void frames(byte[] input) {
        try {
            if (input.length >= ShimProtocol.REQUEST_HEADER) {
                assertThat(ShimProtocol.requestLength(input))
                        .isBetween(ShimProtocol.REQUEST_HEADER, ShimProtocol.REQUEST_MAX);
            }
            CniRequest request = ShimProtocol.request(input, input.length).parse();
            assertThat(request.config().name()).isNotEmpty();
        } catch (MalformedFrame refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        } catch (CniException refused) {
            assertThat(refused.error().code()).isPositive();
        }
    }

    /** What the plugin says became of an order. */
    @FuzzTest
    void reports(byte[] input) {
        if (input.length < ShimProtocol.REPORT_LENGTH) {
            return;
        }
        try {
            assertThat(ShimProtocol.report(input)).isNotNull();
        } catch (MalformedFrame refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    @SeededTest(runs = 30)
    void damagedFrames(RandomGenerator random) {
        INPUTS.damage(random, this::frames);
    }

    @SeededTest(runs = 20)
    void damagedReports(RandomGenerator random) {
        Inputs.of(FrameFuzzTest.class, "reports").damage(random, this::reports);
    }
}
