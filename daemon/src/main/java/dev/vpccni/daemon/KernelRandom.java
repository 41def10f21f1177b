package dev.vpccni.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * Chance as random(4) gives it: two nodes never draw the same token. Safe for use by many threads,
 * and ready sooner than {@link java.security.SecureRandom}, which first looks for providers.
 */
final class KernelRandom implements RandomGenerator {

    private static final Path SOURCE = Path.of("/dev/urandom");
    private static final int DRAWN_AT_ONCE = 256;

    private ByteBuffer drawn = ByteBuffer.allocate(0);

    @Override
    public synchronized long nextLong() {
        if (drawn.remaining() < Long.BYTES) {
            try (var source = Files.newInputStream(SOURCE)) {
                drawn = ByteBuffer.wrap(source.readNBytes(DRAWN_AT_ONCE));
            } catch (IOException e) {
                throw new UncheckedIOException("no chance without " + SOURCE, e);
            }
        }
        return drawn.getLong();
    }
}
