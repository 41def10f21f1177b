package dev.vpccni.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/** Datagrams of the kernel, their messages, attributes and acknowledgements. */
final class DatagramFuzzTest {

    private static final Inputs INPUTS = Inputs.of(DatagramFuzzTest.class, "datagrams");

    private static final int DEPTH_MAX = 4;

    @FuzzTest
    void datagrams(byte[] input) {
        var datagram = new Datagram(MemorySegment.ofArray(input));
        int messages = 0;
        try {
            while (datagram.next()) {
                assertThat(messages++).isLessThanOrEqualTo(input.length);
                NetlinkMessage message = datagram.message();
                Acknowledgement end =
                        Acknowledgement.of(message.type(), message.flags(), message.payload());
                assertThat(end.text()).doesNotContain("\0");
                read(message.attributes(message.get8(0)), input.length, 0);
            }
        } catch (IOException refused) {
            assertThat(refused).hasMessageStartingWith("netlink message of ");
        }
    }

    private static void read(Attributes attributes, int most, int depth) {
        int count = 0;
        while (attributes.next()) {
            assertThat(count++).isLessThanOrEqualTo(most);
            assertThat(attributes.asBytes()).hasSize(attributes.size());
            assertThat(attributes.asString()).doesNotContain("\0");
            if (depth < DEPTH_MAX) {
                read(attributes.nested(), attributes.size(), depth + 1);
            }
        }
    }

    @SeededTest(runs = 60)
    void damagedDatagrams(RandomGenerator random) {
        INPUTS.damage(random, this::datagrams);
    }
}
