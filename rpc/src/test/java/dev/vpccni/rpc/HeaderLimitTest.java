package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class HeaderLimitTest {

    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int[] OTHERS = {0, 2, 3, 4, 6, 7, 8, 200};

    /** Whatever the frames, and however few bytes come at a time. */
    @SeededTest
    void passesOnWhateverIsShortEnough(RandomGenerator random) throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(RawClient.PREFACE);
        int block = 0;
        for (int i = Choose.between(random, 0, 20); i > 0; i--) {
            boolean more = random.nextBoolean() && block > 0;
            int length = Choose.between(random, 0, more ? HeaderLimit.BLOCK_MAX - block : 16_000);
            int type =
                    more
                            ? CONTINUATION
                            : random.nextBoolean() ? HEADERS : OTHERS[random.nextInt(8)];
            block = more ? block + length : type == HEADERS ? length : 0;
            // A payload that looks like the header of a frame that is too long.
            byte[] payload = new byte[length];
            Arrays.fill(payload, (byte) HEADERS);
            bytes.writeBytes(RawClient.frame(type, 0, 1, payload));
        }
        assertThat(read(bytes.toByteArray(), random)).isEqualTo(bytes.toByteArray());
    }

    @SeededTest(runs = 100)
    void endsWhereHeadersGoOn(RandomGenerator random) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(RawClient.PREFACE);
        bytes.writeBytes(RawClient.SETTINGS);
        bytes.writeBytes(RawClient.frame(HEADERS, 0, 1, new byte[random.nextInt(16_000)]));
        for (int sum = 0; sum <= HeaderLimit.BLOCK_MAX; ) {
            byte[] more = new byte[Choose.between(random, 1, 16_000)];
            sum += more.length;
            bytes.writeBytes(RawClient.frame(CONTINUATION, 0, 1, more));
        }
        assertThatThrownBy(() -> read(bytes.toByteArray(), random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("16384");
    }

    @Test
    void readsByteByByte() throws Exception {
        var limit = new HeaderLimit(new ByteArrayInputStream(RawClient.PREFACE));
        for (byte each : RawClient.PREFACE) {
            assertThat(limit.read()).isEqualTo(each);
        }
        assertThat(limit.read()).isNegative();
    }

    private static byte[] read(byte[] bytes, RandomGenerator random) throws IOException {
        var all = new ByteArrayOutputStream();
        try (InputStream limit = new HeaderLimit(new ByteArrayInputStream(bytes))) {
            byte[] buffer = new byte[8_192];
            int came = 0;
            while (came >= 0) {
                all.write(buffer, 0, came);
                came = limit.read(buffer, 0, Choose.between(random, 1, buffer.length));
            }
        }
        return all.toByteArray();
    }
}
