package dev.vpccni.emulator;

import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.net.InetSocketAddress;
import java.time.InstantSource;

/**
 * How an emulator starts.
 *
 * @param listen where EC2 is served; port 0 for any
 * @param cloud region, delays, seed
 * @param clock what the cloud takes the time from; it must keep pace with the real one
 */
public record EmulatorSettings(InetSocketAddress listen, VpcSettings cloud, InstantSource clock) {

    /** Returns settings that serve EC2 at {@code listen}. */
    public static EmulatorSettings of(InetSocketAddress listen, long seed, Latency latency) {
        return new EmulatorSettings(listen, VpcSettings.of(seed, latency), InstantSource.system());
    }
}
