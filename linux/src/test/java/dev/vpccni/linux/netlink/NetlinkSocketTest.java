package dev.vpccni.linux.netlink;

import static dev.vpccni.linux.netlink.Messages.NLM_F_DUMP_INTR;
import static dev.vpccni.linux.netlink.Messages.acknowledgement;
import static dev.vpccni.linux.netlink.Messages.done;
import static dev.vpccni.linux.netlink.Messages.number;
import static dev.vpccni.linux.netlink.Messages.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conversations with a kernel that follows a script. */
class NetlinkSocketTest {

    private static final int THING = 100;

    private final ScriptedTransport kernel = new ScriptedTransport();

    @Test
    void returnsWhatArrivesInSeveralDatagrams() throws Exception {
        kernel.answer(sequence ->
                List.of(
                        together(number(THING, 2, sequence, 7), number(THING, 2, sequence, 8)),
                        number(THING, 2, sequence, 9),
                        done(sequence)));

        assertThat(dump()).containsExactly(7, 8, 9);
        assertThat(kernel.requests()).hasSize(1);
    }

    @Test
    void takesAnInterruptedDumpAgain() throws Exception {
        kernel.answer(sequence ->
                        List.of(
                                number(THING, 2, sequence, 7),
                                number(THING, 2 | NLM_F_DUMP_INTR, sequence, 9),
                                done(sequence)))
                .answer(sequence ->
                        List.of(
                                number(THING, 2, sequence, 7),
                                number(THING, 2, sequence, 8),
                                done(sequence)));

        assertThat(dump()).containsExactly(7, 8);
        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void noticesThatTheEndWasInterrupted() throws Exception {
        kernel.answer(sequence ->
                        List.of(
                                number(THING, 2, sequence, 7),
                                number(Messages.NLMSG_DONE, NLM_F_DUMP_INTR, sequence, 0)))
                .answer(sequence -> List.of(done(sequence)));

        assertThat(dump()).isEmpty();
    }

    @Test
    void givesUpRatherThanReturnWhatIsWrong() {
        for (int i = 0; i < 20; i++) {
            kernel.answer(sequence ->
                    List.of(number(THING, NLM_F_DUMP_INTR, sequence, 7), done(sequence)));
        }

        assertThatIOException()
                .isThrownBy(this::dump)
                .withMessage("netlink request 1: objects changed during each of 10 dumps");
    }

    @Test
    void skipsTheLateAnswerToAnEarlierRequest() throws Exception {
        kernel.answer(sequence ->
                List.of(
                        number(THING, 0, sequence - 1, 6),
                        acknowledgement(sequence - 1, Errno.EPERM, ""),
                        number(THING, 0, sequence, 7),
                        acknowledgement(sequence, 0, "")));

        assertThat(get()).containsExactly(7);
    }

    @Test
    void throwsTheErrorWithTheKernelsWords() {
        kernel.answer(
                sequence -> List.of(acknowledgement(sequence, Errno.EINVAL, "Invalid prefix")));

        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(this::get)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .satisfies(e -> assertThat(e.detail()).isEqualTo("Invalid prefix"))
                .withMessage("netlink request 1: EINVAL: Invalid prefix");
    }

    @Test
    void goesOnAfterAnError() throws Exception {
        kernel.answer(sequence -> List.of(acknowledgement(sequence, Errno.EEXIST, "")))
                .answer(sequence -> List.of(acknowledgement(sequence, 0, "")));
        try (var socket = new NetlinkSocket(kernel)) {
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> socket.change(1, 0, _ -> {}));

            socket.change(1, 0, _ -> {});
        }
        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void goesOnAfterAParserThatThrows() throws Exception {
        kernel.answer(sequence ->
                        List.of(number(THING, 0, sequence, 7), acknowledgement(sequence, 0, "")))
                .answer(sequence -> List.of(acknowledgement(sequence, 0, "")));
        try (var socket = new NetlinkSocket(kernel)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() ->
                            socket.get(
                                    1,
                                    0,
                                    _ -> {},
                                    _ -> {
                                        throw new IllegalStateException("no");
                                    }));

            socket.change(1, 0, _ -> {});
        }
    }

    @Test
    void refusesADatagramThatWasCut() {
        kernel.answer(_ -> List.of(new byte[NetlinkSocket.BUFFER_SIZE + 1]));

        assertThatIOException()
                .isThrownBy(this::get)
                .withMessage("netlink request 1: datagram of 32769 bytes");
    }

    @Test
    void closesOnce() {
        var socket = new NetlinkSocket(kernel);
        socket.close();
        socket.close();

        assertThat(kernel.isClosed()).isTrue();
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> socket.change(1, 0, _ -> {}));
        assertThat(kernel.requests()).isEmpty();
    }

    private List<Integer> dump() throws IOException {
        try (var socket = new NetlinkSocket(kernel)) {
            return socket.dump(1, _ -> {}, message -> message.get32(0));
        }
    }

    private List<Integer> get() throws IOException {
        try (var socket = new NetlinkSocket(kernel)) {
            return socket.get(1, 0, _ -> {}, message -> message.get32(0));
        }
    }
}
