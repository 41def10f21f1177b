package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes to the kernel over a socket that only reads, and what does not. */
class ReadingTransportTest {

    private static final int RTM_GETLINK = 18;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;

    private final List<Long> sent = new ArrayList<>();
    private final ReadingTransport reading =
            new ReadingTransport(
                    new Transport() {
                        @Override
                        public void send(MemorySegment datagram) {
                            sent.add(datagram.byteSize());
                        }

                        @Override
                        public long receive(MemorySegment buffer) {
                            return 0;
                        }

                        @Override
                        public void close() {}
                    });

    @Test
    void questionsPass() throws Exception {
        reading.send(messages(RTM_GETLINK));
        reading.send(messages(RTM_GETROUTE, RTM_GETLINK));

        assertThat(sent).containsExactly(16L, 32L);
    }

    /** New, delete and set of links, addresses, routes, rules; no-ops and batches of others. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 19, 20, 21, 24, 25, 28, 32, 33, 108, 0x410, 0xffff})
    void whatIsNoQuestionDoesNot(int type) {
        assertThatThrownBy(() -> reading.send(messages(type)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("netlink request " + type);
        assertThat(sent).isEmpty();
    }

    @Test
    void norDoesAChangeBehindAQuestion() {
        assertThatThrownBy(() -> reading.send(messages(RTM_GETLINK, RTM_DELROUTE)))
                .hasMessageContaining("netlink request " + RTM_DELROUTE);
        assertThat(sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 15, 17, Integer.MAX_VALUE})
    void norDoesWhatHasAnotherLengthThanItSays(int length) {
        MemorySegment message = messages(RTM_GETLINK);
        message.set(JAVA_INT_UNALIGNED, 0, length);

        assertThatThrownBy(() -> reading.send(message)).isInstanceOf(IOException.class);
        assertThat(sent).isEmpty();
    }

    private static MemorySegment messages(int... types) {
        MemorySegment all = Arena.ofAuto().allocate(16L * types.length);
        for (int i = 0; i < types.length; i++) {
            all.set(JAVA_INT_UNALIGNED, 16L * i, 16);
            all.set(JAVA_SHORT_UNALIGNED, 16L * i + 4, (short) types[i]);
        }
        return all;
    }
}
