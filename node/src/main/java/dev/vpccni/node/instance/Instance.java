package dev.vpccni.node.instance;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The instance that this node is, and how its interfaces are marked and told apart in EC2.
 *
 * @param addressing of which kind its pods' addresses are
 * @param card the network card that is spoken of: each has a pool of its own
 * @param subnets those that it may have interfaces in, as far as they are known
 */
public record Instance(
        Metadata.Identity identity,
        CloudSettings settings,
        AddressingSettings addressing,
        int card,
        SortedMap<SubnetId, KnownSubnet> subnets) {

    /** The tag with the identifier of the instance that made an interface. */
    public static final String INSTANCE_TAG = "node.k8s.amazonaws.com/instance_id";

    /** The tag with the time at which an interface was made; see {@link #created}. */
    public static final String CREATED_TAG = "node.k8s.amazonaws.com/createdAt";

    /** The tag with the name of the cluster, if it has one. */
    public static final String CLUSTER_TAG = "cluster.k8s.amazonaws.com/name";

    /** How the descriptions of interfaces begin that some node has made. */
    public static final String DESCRIPTION_PREFIX = "aws-K8S-";

    private static final String UNMANAGED_TAG = "node.k8s.amazonaws.com/no_manage";
    private static final String OWNER_TAG = "eks:eni:owner";
    private static final String OWNER = "amazon-vpc-cni";

    /**
     * What does not change about a subnet, or hardly.
     *
     * @param cidrs that of IPv4, and that of IPv6 if it has one
     * @param excluded whether its tags keep pods from having addresses of it
     */
    public record KnownSubnet(List<Cidr> cidrs, boolean excluded) {

        public KnownSubnet {
            cidrs = List.copyOf(cidrs);
        }

        /** Returns its block of {@code family}, or the only one that it has. */
        Cidr cidr(IpFamily family) {
            return cidrs.stream()
                    .filter(cidr -> cidr.family() == family)
                    .findFirst()
                    .orElseGet(cidrs::getFirst);
        }
    }

    /** Returns of which family its pods' addresses are. */
    public IpFamily family() {
        return addressing.family();
    }

    /** Returns the description of the interfaces that this node makes. */
    public String description() {
        return DESCRIPTION_PREFIX + identity.instance();
    }

    /** Returns this, with the blocks of further subnets. */
    Instance with(List<ObservedSubnet> more) {
        var known = new TreeMap<>(subnets);
        more.forEach(subnet ->
                known.put(subnet.id(), new KnownSubnet(subnet.cidrs(), isExcluded(subnet))));
        return new Instance(identity, settings, addressing, card, known);
    }

    /** Returns this, with a further subnet of which only the blocks are known. */
    Instance with(SubnetId subnet, List<Cidr> cidrs) {
        var known = new TreeMap<>(subnets);
        known.put(subnet, new KnownSubnet(cidrs, false));
        return new Instance(identity, settings, addressing, card, known);
    }

    /** Returns the same instance as the pool of another network card sees it. */
    public Instance onCard(int other) {
        return new Instance(identity, settings, addressing, other, subnets);
    }

    /** Returns those of the known subnets whose tags keep pods from having addresses of them. */
    SortedSet<SubnetId> excludedSubnets() {
        var excluded = new TreeSet<SubnetId>();
        subnets.forEach((id, known) -> {
            if (known.excluded()) {
                excluded.add(id);
            }
        });
        return excluded;
    }

    /** Tells whether tags keep pods from having addresses of a subnet. */
    public boolean excludesAny() {
        return !excludedSubnets().isEmpty();
    }

    private boolean isExcluded(ObservedSubnet subnet) {
        return settings.subnetDiscovery() && SubnetTags.exclude(subnet, settings.clusterName());
    }

    /** Returns the tags of an interface made at {@code now}, by the wall clock. */
    public SortedMap<String, String> tags(Instant now) {
        var tags = new TreeMap<>(lastingTags());
        tags.put(CREATED_TAG, created(now));
        return tags;
    }

    /** Returns when something was made, as its tag says it (RFC 3339). */
    public static String created(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Returns those of {@link #lastingTags} that an interface lacks, or has with other values. */
    public SortedMap<String, String> missingTags(ObservedInterface shown) {
        var missing = new TreeMap<String, String>();
        lastingTags()
                .forEach((key, value) -> {
                    if (!value.equals(shown.tags().get(key))) {
                        missing.put(key, value);
                    }
                });
        return missing;
    }

    /** Returns the tags that each of our interfaces has, whoever made it. */
    public SortedMap<String, String> lastingTags() {
        var tags = new TreeMap<String, String>();
        tags.put(INSTANCE_TAG, identity.instance().value());
        if (!settings.clusterName().isEmpty()) {
            tags.put(CLUSTER_TAG, settings.clusterName());
            tags.put(OWNER_TAG, OWNER);
        }
        tags.putAll(settings.additionalTags());
        return tags;
    }

    /**
     * Returns an interface in the ledger's words, or null if it is not attached, or on its way out,
     * or on another card, or in a subnet whose block is not known.
     */
    public @Nullable SeenInterface seen(ObservedInterface shown) {
        ObservedInterface.Attachment attachment = shown.attachment();
        KnownSubnet subnet = subnets.get(shown.subnet());
        if (attachment == null
                || attachment.status().startsWith("detach")
                || attachment.card() != card
                || subnet == null) {
            return null;
        }
        InterfaceRole role = role(shown);
        return new SeenInterface(
                new InterfaceFacts(
                        shown.id(),
                        shown.mac(),
                        shown.subnet(),
                        subnet.cidr(family()),
                        attachment.card(),
                        attachment.device(),
                        attachment.id(),
                        shown.ownAddress(family()),
                        role,
                        isUsable(role, subnet)),
                shown.blocks(family()));
    }

    /** Tells whether an interface, on whatever card, is ours to use for pods. */
    public boolean manages(ObservedInterface shown) {
        return role(shown).managed();
    }

    private boolean isUsable(InterfaceRole role, KnownSubnet subnet) {
        boolean withheld = role == InterfaceRole.PRIMARY && addressing.customNetworking();
        return role != InterfaceRole.UNMANAGED && !withheld && !subnet.excluded();
    }

    private InterfaceRole role(ObservedInterface shown) {
        if (shown.id().equals(identity.primaryInterface())) {
            return InterfaceRole.PRIMARY;
        }
        if (shown.type().equals("efa-only") || !isManaged(shown.tags())) {
            return InterfaceRole.UNMANAGED;
        }
        return switch (shown.type()) {
            case "trunk" -> InterfaceRole.TRUNK;
            case "efa" -> InterfaceRole.EFA;
            default -> InterfaceRole.SECONDARY;
        };
    }

    /** Whoever wrote the tag for it knows best, whatever it says; else it counts who made it. */
    private boolean isManaged(SortedMap<String, String> tags) {
        String unmanaged = tags.get(UNMANAGED_TAG);
        return unmanaged == null
                ? settings.manageUntagged()
                        || identity.instance().value().equals(tags.get(INSTANCE_TAG))
                : !unmanaged.equals("true");
    }
}
