package dev.vpccni.linux.route;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import dev.vpccni.testing.SeededTest;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Messages and notifications about links, addresses, routes, rules and neighbours. */
final class RouteMessagesFuzzTest {

    private static final Inputs INPUTS = Inputs.of(RouteMessagesFuzzTest.class, "messages");

    /** Messages about links, addresses, routes, neighbours and rules, and one of another kind. */
    private static final int[] TYPES = {16, 17, 20, 21, 24, 25, 28, 29, 32, 33, 99};

    private static final int HEADER_SIZE = 16;
    private static final int LENGTH_MAX = 64 << 10;

    /** The first byte says what the rest is about. */
    @FuzzTest
    void messages(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int type = TYPES[Byte.toUnsignedInt(input[0]) % TYPES.length];
        var message = new NetlinkMessage(type, 0, MemorySegment.ofArray(input).asSlice(1));
        KernelLink link = LinkCodec.read(message);
        if (link != null) {
            assertThat(link.name()).doesNotContain("\0");
        }
        same(message, AddressCodec::read, AddressCodec::write);
        same(message, RouteCodec::read, RouteCodec::write);
        same(message, RuleCodec::read, RuleCodec::write);
        same(message, NeighbourCodec::read, NeighbourCodec::write);
    }

    /** What is read may be more than can be written; from then on it stays the same. */
    private static <T> void same(
            NetlinkMessage message,
            Function<NetlinkMessage, @Nullable T> read,
            BiConsumer<MessageWriter, T> write) {
        T value = read.apply(message);
        if (value != null) {
            T written = again(message.type(), value, read, write);
            assertThat(again(message.type(), written, read, write)).isEqualTo(written);
        }
    }

    private static <T> T again(
            int type,
            T value,
            Function<NetlinkMessage, @Nullable T> read,
            BiConsumer<MessageWriter, T> write) {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[LENGTH_MAX]));
        writer.start(type, 0, 1);
        write.accept(writer, value);
        byte[] written = writer.finish().toArray(JAVA_BYTE);
        var payload = MemorySegment.ofArray(written).asSlice(HEADER_SIZE);
        return Objects.requireNonNull(
                read.apply(new NetlinkMessage(type, 0, payload)), "what was written is not read");
    }

    @SeededTest(runs = 100)
    void damagedMessages(RandomGenerator random) {
        INPUTS.damage(random, this::messages);
    }
}
