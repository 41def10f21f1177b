package dev.vpccni.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LibcTest {

    @Test
    void namesErrorNumbers() {
        assertThat(Errno.name(1)).isEqualTo("EPERM");
        assertThat(Errno.name(Errno.EEXIST)).isEqualTo("EEXIST");
        assertThat(Errno.name(40)).isEqualTo("ELOOP");
        assertThat(Errno.name(41)).isEqualTo("41");
        assertThat(Errno.name(Errno.ENOTCONN)).isEqualTo("ENOTCONN");
        assertThat(Errno.name(133)).isEqualTo("EHWPOISON");
        assertThat(Errno.name(134)).isEqualTo("134");
        assertThat(Errno.name(0)).isEqualTo("0");
        assertThat(Errno.name(-1)).isEqualTo("-1");
    }

    @Test
    void throwsWhatErrnoSays() {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> Descriptor.open(Path.of("/nowhere")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .withMessage("open /nowhere: ENOENT");
    }

    /** Each thread reads its own errno, whatever others do meanwhile. */
    @Test
    void keepsTheErrnoOfThreadsApart() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var results = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 2_000; i++) {
                Path path = Path.of(i % 2 == 0 ? "/nowhere" : "/dev/null/below");
                int expected = i % 2 == 0 ? Errno.ENOENT : 20; // ENOTDIR
                results.add(threads.submit(() -> errnoOf(path) == expected));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void closesADescriptorOnce() throws Exception {
        Descriptor first = Descriptor.open(Path.of("/dev/null"));
        int number = first.number();
        first.close();
        try (Descriptor second = Descriptor.open(Path.of("/dev/zero"))) {
            assertThat(second.number()).isEqualTo(number);
            first.close();
            assertThat(second.isOpen()).isTrue();
            assertThat(Path.of("/proc/self/fd/" + number).toRealPath())
                    .isEqualTo(Path.of("/dev/zero"));
        }
        assertThatIllegalStateException().isThrownBy(first::number);
        assertThatIllegalArgumentException().isThrownBy(() -> Descriptor.own(-1));
    }

    private static int errnoOf(Path path) throws IOException {
        try (Descriptor opened = Descriptor.open(path)) {
            return opened.number();
        } catch (ErrnoException e) {
            return e.errno();
        }
    }
}
