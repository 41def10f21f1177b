package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CodecTest {

    private static final int HEADER = 12;

    private record Attribute(int type, String value) {}

    @SeededTest
    void readsTheAttributesThatItWrites(RandomGenerator random) throws IOException {
        List<Attribute> attributes =
                Choose.list(
                        random,
                        0,
                        6,
                        () -> new Attribute(Choose.between(random, 0, 0x3fff), hex(random)));
        var message = new Datagram(MemorySegment.ofArray(written(attributes)));

        assertThat(message.next()).isTrue();
        assertThat(message.type()).isEqualTo(16);
        assertThat(message.flags()).isEqualTo(0x605);
        assertThat(message.sequence()).isEqualTo(9);
        NetlinkMessage payload = message.message();
        assertThat(payload.get8(1)).isEqualTo(200);
        assertThat(payload.get16(2)).isEqualTo(60_000);
        assertThat(payload.get32(4)).isEqualTo(-2);
        assertThat(read(payload.attributes(HEADER))).isEqualTo(attributes);
        assertThat(message.next()).isFalse();
    }

    /** The kernel is trusted, its format is not: a damaged datagram is refused or read in part. */
    @SeededTest
    void neverReadsBeyondADamagedDatagram(RandomGenerator random) {
        byte[] datagram =
                damaged(
                        random,
                        written(List.of(new Attribute(1, hex(random)), new Attribute(2, ""))));
        var message = new Datagram(MemorySegment.ofArray(datagram));
        try {
            int messages = 0;
            while (message.next()) {
                assertThat(messages++).isLessThan(datagram.length);
                NetlinkMessage payload = message.message();
                assertThat(payload.get32(datagram.length)).isZero();
                assertThat(read(payload.attributes(HEADER))).hasSizeLessThan(datagram.length);
                Acknowledgement ack =
                        Acknowledgement.of(
                                Messages.NLMSG_ERROR, message.flags(), message.payload());
                assertThat(ack.text()).doesNotContain("\0");
            }
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("netlink message of ");
        }
    }

    @Test
    void nests() {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[256]));
        writer.start(16, 0, 1);
        int outer = writer.nest(18);
        writer.attribute(1, "veth");
        int inner = writer.nest(2);
        writer.header(4).set32(0, 42).attribute16(1, 7).end(inner).end(outer);
        MemorySegment message = writer.finish();

        Attributes attributes = new Attributes(message, Datagram.HEADER_SIZE);
        assertThat(attributes.next()).isTrue();
        Attributes within = attributes.nested();
        assertThat(attributes.next()).isFalse();
        assertThat(within.next()).isTrue();
        assertThat(within.asString()).isEqualTo("veth");
        assertThat(within.next()).isTrue();
        assertThat(within.type()).isEqualTo(2);
        assertThat(within.as32()).isEqualTo(42);
        assertThat(HexFormat.of().formatHex(message.toArray(JAVA_BYTE)))
                .isEqualTo(
                        "30000000"
                                + "1000000001000000"
                                + "00000000"
                                + "20001200"
                                + "09000100"
                                + "7665746800000000"
                                + "10000200"
                                + "2a000000"
                                + "0600010007000000");
    }

    @Test
    void leavesNothingOfAnEarlierMessage() {
        MemorySegment buffer = MemorySegment.ofArray(new byte[64]);
        buffer.fill((byte) 0xff);
        var writer = new MessageWriter(buffer);
        writer.start(1, 2, 3);
        writer.header(6).attribute8(4, 5).attribute(6, new byte[] {7});

        assertThat(HexFormat.of().formatHex(writer.finish().toArray(JAVA_BYTE)))
                .isEqualTo(
                        "28000000"
                                + "0100020003000000"
                                + "00000000"
                                + "0000000000000000"
                                + "0500040005000000"
                                + "0500060007000000");
    }

    @Test
    void refusesWhatDoesNotFit() {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[32]));
        writer.start(1, 2, 3);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> writer.attribute(1, new byte[64]));
    }

    private static byte[] written(List<Attribute> attributes) {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[1024]));
        writer.start(16, 0x605, 9);
        writer.header(HEADER).set8(1, 200).set16(2, 60_000).set32(4, -2);
        for (Attribute attribute : attributes) {
            writer.attribute(attribute.type, HexFormat.of().parseHex(attribute.value));
        }
        return writer.finish().toArray(JAVA_BYTE);
    }

    private static List<Attribute> read(Attributes attributes) {
        var all = new ArrayList<Attribute>();
        while (attributes.next()) {
            all.add(
                    new Attribute(
                            attributes.type(), HexFormat.of().formatHex(attributes.asBytes())));
        }
        return all;
    }

    private static String hex(RandomGenerator random) {
        byte[] bytes = new byte[Choose.between(random, 0, 40)];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Cuts {@code datagram} short, half the time, and sets up to three bytes to one value. */
    private static byte[] damaged(RandomGenerator random, byte[] datagram) {
        int cut = random.nextBoolean() ? 0 : Choose.between(random, 0, datagram.length);
        byte[] damaged = Arrays.copyOf(datagram, datagram.length - cut);
        byte value = (byte) random.nextInt();
        for (int left = Choose.between(random, 0, 3); left > 0 && damaged.length > 0; left--) {
            damaged[Choose.between(random, 0, damaged.length - 1)] = value;
        }
        return damaged;
    }
}
