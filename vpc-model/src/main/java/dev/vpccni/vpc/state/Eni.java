package dev.vpccni.vpc.state;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.TrunkAssociation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An interface, with what others still see of its past.
 *
 * @param type such as {@code interface}
 * @param blocks besides the primary address, in the order in which they were assigned
 * @param leaving unassigned, but still in metadata
 * @param staleGroups what metadata shows before {@code groupsFrom}
 * @param association how it is a branch of a trunk; null if it is none
 */
public record Eni(
        InterfaceId id,
        MacAddress mac,
        SubnetId subnet,
        String type,
        String description,
        boolean sourceDestCheck,
        SortedMap<String, String> tags,
        List<SecurityGroupId> groups,
        List<SecurityGroupId> staleGroups,
        Instant groupsFrom,
        Ipv4Address primary,
        List<Held> blocks,
        List<Leaving> leaving,
        @Nullable EniAttachment attachment,
        @Nullable TrunkAssociation association) {

    /** An address or a prefix, and when metadata begins to show it. */
    public record Held(Cidr block, Instant metadataFrom) {}

    /** What was held, and when metadata ceases to show it. */
    public record Leaving(Cidr block, Instant metadataUntil) {}

    public Eni {
        groups = List.copyOf(groups);
        staleGroups = List.copyOf(staleGroups);
        blocks = List.copyOf(blocks);
        leaving = List.copyOf(leaving);
    }

    /** Returns the attachment that holds this interface at {@code now}, or null if it is free. */
    public @Nullable EniAttachment heldBy(Instant now) {
        return attachment == null || attachment.hasEnded(now) ? null : attachment;
    }

    /** Returns everything that is assigned to this interface, its primary address first. */
    public AddressBlocks held() {
        var all = new ArrayList<Cidr>();
        all.add(primary.only());
        blocks.forEach(held -> all.add(held.block));
        return AddressBlocks.of(all);
    }

    /** Tells whether {@code block} is assigned to this interface besides its primary address. */
    public boolean holds(Cidr block) {
        return blocks.stream().anyMatch(held -> held.block.equals(block));
    }

    /** Returns what metadata shows of {@link #held} at {@code now}. */
    public AddressBlocks metadataBlocks(Instant now) {
        var shown = new LinkedHashSet<Cidr>();
        shown.add(primary.only());
        if (attachment == null || now.isBefore(attachment.addressesFrom())) {
            return AddressBlocks.of(shown);
        }
        for (Held held : blocks) {
            if (!now.isBefore(held.metadataFrom)) {
                shown.add(held.block);
            }
        }
        for (Leaving former : leaving) {
            if (now.isBefore(former.metadataUntil)) {
                shown.add(former.block);
            }
        }
        return AddressBlocks.of(shown);
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
                blocks,
                leaving,
                replacement);
    }

    /** Returns this as a branch of a trunk, or as none if {@code replacement} is null. */
    public Eni withAssociation(@Nullable TrunkAssociation replacement) {
        return new Eni(
                id,
                mac,
                subnet,
                type,
                description,
                sourceDestCheck,
                tags,
                groups,
                staleGroups,
                groupsFrom,
                primary,
                blocks,
                leaving,
                attachment,
                replacement);
    }

    /**
     * Returns this with other addresses besides the primary one, and those metadata still shows.
     */
    public Eni withBlocks(List<Held> held, List<Leaving> former) {
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
                blocks,
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
                blocks,
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
                blocks,
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
                blocks,
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
            List<Held> newBlocks,
            List<Leaving> newLeaving,
            @Nullable EniAttachment newAttachment) {
        return new Eni(
                id,
                mac,
                subnet,
                type,
                newDescription,
                newCheck,
                newTags,
                newGroups,
                newStaleGroups,
                newGroupsFrom,
                primary,
                newBlocks,
                newLeaving,
                newAttachment,
                association);
    }
}
