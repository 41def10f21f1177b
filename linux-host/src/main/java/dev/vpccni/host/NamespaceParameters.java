package dev.vpccni.host;

import java.io.IOException;
import java.util.SortedMap;

/** Sets kernel parameters of a network namespace for somebody who may not enter it. */
@FunctionalInterface
public interface NamespaceParameters {

    /**
     * Sets parameters in their order, until one is refused. Those that the kernel does not have are
     * passed over: it has none of IPv6 where that is left out.
     *
     * @param values by names below {@code /proc/sys}, such as {@code net/ipv6/conf/lo/disable_ipv6}
     * @throws IOException if one is refused, or whoever sets them goes away
     */
    void set(SortedMap<String, String> values) throws IOException;
}
