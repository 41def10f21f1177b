package dev.vpccni.vpc.api;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as EC2 describes it.
 *
 * @param status {@code pending}, {@code available} or {@code in-use}
 * @param type such as {@code interface}
 * @param groups with their names
 * @param held its addresses and prefixes
 * @param attachment null if it has none
 */
public record EniDescription(
        InterfaceId id,
        String status,
        String type,
        String description,
        MacAddress mac,
        SubnetId subnet,
        VpcId vpc,
        String zone,
        boolean sourceDestCheck,
        SortedMap<SecurityGroupId, String> groups,
        SortedMap<String, String> tags,
        AddressBlocks held,
        @Nullable AttachmentDescription attachment) {

    public EniDescription {
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** Returns its single addresses of IPv4, the primary one first. */
    public List<Ipv4Address> addresses() {
        return held.addresses();
    }

    /** Returns the address that the interface was created with. */
    public Ipv4Address primaryAddress() {
        return addresses().getFirst();
    }

    /** Returns every other single address of IPv4. */
    public List<Ipv4Address> secondaryAddresses() {
        return addresses().subList(1, addresses().size());
    }

    /** Returns this with the status that EC2 reports of an interface just made. */
    public EniDescription pending() {
        return new EniDescription(
                id,
                "pending",
                type,
                description,
                mac,
                subnet,
                vpc,
                zone,
                sourceDestCheck,
                groups,
                tags,
                held,
                attachment);
    }

    /**
     * How the interface hangs on an instance.
     *
     * @param status {@code attaching}, {@code attached}, {@code detaching} or {@code detached}
     * @param card the network card's index
     * @param device the device index on that card
     */
    public record AttachmentDescription(
            AttachmentId id,
            InstanceId instance,
            String status,
            int card,
            int device,
            Instant attachTime,
            boolean deleteOnTermination) {}
}
