package dev.vpccni.simulation;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.simulation.cloud.RequestObserver;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What no node may ask of EC2, as seen at EC2's own door: to make an interface that it has not
 * begun durably, to take an address away that a pod has or had until a moment ago, or an interface
 * that is the primary one, in use or hardly attached.
 */
final class RequestRules implements RequestObserver {

    /** Upstream's rule: an interface stays for a minute at least. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final Baton baton;
    private final SimulatedCloud cloud;
    private final List<SimulatedNode> nodes;
    private final SortedMap<InstanceId, Durable> durables;
    private final Usage usage;
    private final Collection<String> violations;

    /**
     * @param durables what each node has on its disk
     * @param violations to which each violation is added
     */
    RequestRules(
            Baton baton,
            SimulatedCloud cloud,
            List<SimulatedNode> nodes,
            SortedMap<InstanceId, Durable> durables,
            Usage usage,
            Collection<String> violations) {
        this.baton = baton;
        this.cloud = cloud;
        this.nodes = nodes;
        this.durables = durables;
        this.usage = usage;
        this.violations = violations;
    }

    @Override
    public void arrives(InstanceId by, Ec2Request<?> request) {
        switch (request) {
            case Ec2Request.CreateNetworkInterface create -> checkBegun(by, create);
            case Ec2Request.UnassignPrivateIpAddresses(
                            InterfaceId id,
                            List<Ipv4Address> given,
                            List<Ipv4Cidr> prefixes) -> {
                if (given.isEmpty() && prefixes.isEmpty()) {
                    violations.add("an empty list of addresses is given back to " + id);
                }
                // What lies elsewhere by now is not taken from anybody: EC2 refuses.
                AddressBlocks held = cloud.held(id);
                var there = new TreeSet<>(given);
                there.retainAll(held.addresses());
                there.forEach(address -> checkFree(by, address, "given back"));
                var prefixesThere = new TreeSet<>(prefixes);
                prefixesThere.retainAll(held.prefixes());
                for (Ipv4Cidr prefix : prefixesThere) {
                    for (long i = 0; i < prefix.size(); i++) {
                        checkFree(by, prefix.network().plus(i), "given back in " + prefix);
                    }
                }
            }
            case Ec2Request.AssignIpv6Addresses assign -> {
                if (assign.wanted().addressCount() > 0 || assign.wanted().prefixCount() != 1) {
                    violations.add("not one IPv6 prefix is asked for, but " + assign.wanted());
                }
            }
            case Ec2Request.UnassignIpv6Addresses unassign ->
                    violations.add("IPv6, of which there is always enough, goes back: " + unassign);
            case Ec2Request.DetachNetworkInterface detach -> {
                for (EniDescription eni : cloud.interfaces()) {
                    var attachment = eni.attachment();
                    if (attachment != null && attachment.id().equals(detach.attachment())) {
                        checkDetach(by, eni, attachment);
                    }
                }
            }
            case Ec2Request.AssignPrivateIpAddresses assign -> {
                if (assign.wanted().total() < 1) {
                    violations.add("no address at all is asked for " + assign.id());
                }
            }
            default -> {
                // Nothing to say against it that EC2 does not say itself.
            }
        }
    }

    /** Where it may be begun is known when it is; later it is asked for in the same words. */
    private void checkBegun(InstanceId by, Ec2Request.CreateNetworkInterface create) {
        Durable durable = durables.get(by);
        SubnetId begun = durable == null ? null : durable.begun(create.token());
        if (durable != null && !create.subnet().equals(begun)) {
            violations.add(
                    "an interface is asked for in " + create.subnet() + ", and begun in " + begun);
        }
    }

    private void checkDetach(
            InstanceId by, EniDescription eni, EniDescription.AttachmentDescription attachment) {
        if (attachment.card() == 0 && attachment.device() == 0) {
            violations.add("the primary interface " + eni.id() + " is detached");
        }
        eni.addresses().forEach(address -> checkFree(by, address, "detached with " + eni.id()));
        SimulatedNode node = node(by);
        var serving = node == null ? null : node.serving();
        boolean known =
                serving != null
                        && serving.cards().all().stream()
                                .anyMatch(pool -> pool.keeper().ledger().find(eni.id()) != null);
        if (known && cloud.now().isBefore(attachment.attachTime().plus(YOUNG))) {
            violations.add(eni.id() + " is detached, and younger than " + YOUNG);
        }
    }

    private void checkFree(InstanceId by, IpAddress address, String what) {
        SimulatedNode node = node(by);
        boolean live = node != null && node.kernel().leadsTo(address);
        if ((live || usage.isBusy(address, baton.nanos())) && !usage.isTakenAway(address)) {
            violations.add(address + " is " + what + ", and a pod has it or had it just now");
        }
    }

    private @Nullable SimulatedNode node(InstanceId id) {
        for (SimulatedNode node : nodes) {
            if (node.instance().equals(id)) {
                return node;
            }
        }
        return null;
    }
}
