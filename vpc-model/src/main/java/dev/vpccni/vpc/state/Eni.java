package dev.vpccni.vpc.state;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An interface, with what others still see of its past.
 *
 * @param secondaries in the order in which they were assigned
 * @param leaving unassigned, but still in metadata
 * @param staleGroups what metadata shows before {@code groupsFrom}
 */
public record Eni(
        InterfaceId id,
        MacAddress mac,
        SubnetId subnet,
        String description,
        boolean sourceDestCheck,
        SortedMap<String, String> tags,
        List<SecurityGroupId> groups,
        List<SecurityGroupId> staleGroups,
        Instant groupsFrom,
        Ipv4Address primary,
        List<Held> secondaries,
        List<Leaving> leaving,
        @Nullable EniAttachment attachment) {

    /** A secondary address, and when metadata begins to show it. */
    public record Held(Ipv4Address address, Instant metadataFrom) {}

    /** A former address, and when metadata ceases to show it. */
    public record Leaving(Ipv4Address address, Instant metadataUntil) {}

    public Eni {
        groups = List.copyOf(groups);
        staleGroups = List.copyOf(staleGroups);
        secondaries = List.copyOf(secondaries);
        leaving = List.copyOf(leaving);
    }

    /** Returns the attachment that holds this interface at {@code now}, or null if it is free. */
    public @Nullable EniAttachment heldBy(Instant now) {
        return attachment == null || attachment.hasEnded(now) ? null : attachment;
    }

    /** Returns every address, the primary one first. */
    public List<Ipv4Address> addresses() {
        var all = new ArrayList<Ipv4Address>();
        all.add(primary);
        secondaries.forEach(held -> all.add(held.address));
        return all;
    }

    /** Returns what metadata shows of {@link #addresses} at {@code now}. */
    public List<Ipv4Address> metadataAddresses(Instant now) {
        var shown = new ArrayList<Ipv4Address>();
        shown.add(primary);
        if (attachment == null || now.isBefore(attachment.addressesFrom())) {
            return shown;
        }
        for (Held held : secondaries) {
            if (!now.isBefore(held.metadataFrom)) {
                shown.add(held.address);
            }
        }
        for (Leaving former : leaving) {
            if (now.isBefore(former.metadataUntil) && !shown.contains(former.address)) {
                shown.add(former.address);
            }
        }
        return shown;
    }

    /** Returns the security groups that metadata shows at {@code now}. */
    public List<SecurityGroupId> metadataGroups(Instant now) {
        return now.isBefore(groupsFrom) ? staleGroups : groups;
    }

    /** Returns this with another attachment, or with none if {@code replacement} is null. */
    public Eni with(@Nullable EniAttachment replacement) {
        return copy(
                description,
                sourceDestCheck,
                tags,
                groups,
                staleGroups,
                groupsFrom,
                secondaries,
                leaving,
                replacement);
    }

    /** Returns this with other secondary addresses, and others that metadata still shows. */
    public Eni withAddresses(List<Held> held, List<Leaving> former) {
        return copy(
                description,
                sourceDestCheck,
                tags,
                groups,
                staleGroups,
                groupsFrom,
                held,
                former,
                attachment);
    }

    /** Returns this with other security groups, which metadata shows from a time on. */
    public Eni withGroups(List<SecurityGroupId> replacement, Instant shownFrom) {
        return copy(
                description,
                sourceDestCheck,
                tags,
                replacement,
                groups,
                shownFrom,
                secondaries,
                leaving,
                attachment);
    }

    /** Returns this with other tags. */
    public Eni withTags(SortedMap<String, String> replacement) {
        return copy(
                description,
                sourceDestCheck,
                replacement,
                groups,
                staleGroups,
                groupsFrom,
                secondaries,
                leaving,
                attachment);
    }

    /** Returns this with another description. */
    public Eni withDescription(String replacement) {
        return copy(
                replacement,
                sourceDestCheck,
                tags,
                groups,
                staleGroups,
                groupsFrom,
                secondaries,
                leaving,
                attachment);
    }

    /** Returns this with the check of sources and destinations on or off. */
    public Eni withSourceDestCheck(boolean replacement) {
        return copy(
                description,
                replacement,
                tags,
                groups,
                staleGroups,
                groupsFrom,
                secondaries,
                leaving,
                attachment);
    }

    private Eni copy(
            String newDescription,
            boolean newCheck,
            SortedMap<String, String> newTags,
            List<SecurityGroupId> newGroups,
            List<SecurityGroupId> newStaleGroups,
            Instant newGroupsFrom,
            List<Held> newSecondaries,
            List<Leaving> newLeaving,
            @Nullable EniAttachment newAttachment) {
        return new Eni(
                id,
                mac,
                subnet,
                newDescription,
                newCheck,
                newTags,
                newGroups,
                newStaleGroups,
                newGroupsFrom,
                primary,
                newSecondaries,
                newLeaving,
                newAttachment);
    }
}
