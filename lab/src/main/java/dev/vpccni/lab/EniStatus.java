package dev.vpccni.lab;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.vpc.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an interface has, as {@code lab status} prints it: each single address, and of prefixes
 * those that a pod has or that cool down.
 *
 * @param used what the node's daemon does with them
 */
record EniStatus(Port port, CheckpointAddresses used) {

    private static final String PRIMARY = "primary";

    /** Returns the addresses, the primary ones first. */
    List<Map<String, @Nullable Object>> addresses() {
        var addresses = new ArrayList<Map<String, @Nullable Object>>();
        for (int i = 0; i < port.addresses().size(); i++) {
            IpAddress address = port.addresses().get(i);
            addresses.add(address(address, i == 0 ? PRIMARY : state(address)));
        }
        // Those of IPv6 are the interface's own: pods have addresses of its prefixes.
        port.held().ipv6Addresses().forEach(own -> addresses.add(address(own, PRIMARY)));
        for (Cidr prefix : all()) {
            within(prefix).forEach(address -> addresses.add(address(address, state(address))));
        }
        return addresses;
    }

    /** Returns the prefixes, and of how many of their addresses pods have or had. */
    List<Map<String, @Nullable Object>> prefixes() {
        var prefixes = new ArrayList<Map<String, @Nullable Object>>();
        for (Cidr each : all()) {
            boolean leaving = used.leaving().contains(each.toString());
            var prefix = new LinkedHashMap<String, @Nullable Object>();
            prefix.put("prefix", each.toString());
            prefix.put("state", leaving ? "leaving" : "serving");
            prefix.put("used", within(each).stream().filter(one -> pod(one) != null).count());
            prefixes.add(prefix);
        }
        return prefixes;
    }

    private List<Cidr> all() {
        var all = new ArrayList<Cidr>(port.held().prefixes());
        all.addAll(port.held().ipv6Prefixes());
        return all;
    }

    private SortedSet<IpAddress> within(Cidr prefix) {
        var within = new TreeSet<IpAddress>();
        for (String address : used.all()) {
            IpAddress one = IpAddress.parse(address);
            if (prefix.contains(one)) {
                within.add(one);
            }
        }
        return within;
    }

    private Map<String, @Nullable Object> address(IpAddress address, String state) {
        var described = new LinkedHashMap<String, @Nullable Object>();
        described.put("address", address.toString());
        described.put("state", state);
        described.put("pod", pod(address));
        return described;
    }

    private String state(IpAddress address) {
        if (pod(address) != null) {
            return "assigned";
        }
        return used.cooling().contains(address.toString()) ? "cooling" : "warm";
    }

    private @Nullable String pod(IpAddress address) {
        return used.pods().get(address.toString());
    }
}
