package dev.vpccni.dataplane;

import dev.vpccni.model.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network device.
 *
 * @param mac null where it does not matter
 * @param mtu bytes
 */
public record Link(String name, @Nullable MacAddress mac, int mtu, boolean up) {}
