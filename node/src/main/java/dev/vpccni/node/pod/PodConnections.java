package dev.vpccni.node.pod;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.node.pod.AddressBook.CardGrant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request, its grants and its result say of a pod's links. Pure. */
final class PodConnections {

    private PodConnections() {}

    /** Returns how a pod with these grants, in the order of the cards, is to be connected. */
    static PodWiring wiring(CniRequest request, List<CardGrant> granted) {
        var links = new ArrayList<PodLink>();
        for (int i = 0; i < granted.size(); i++) {
            AddressService.Lease lease = granted.get(i).lease();
            links.add(
                    new PodLink(
                            InterfaceNames.host(
                                    request.config().vethPrefix(),
                                    request.args().pod(),
                                    request.interfaceName(),
                                    i),
                            InterfaceNames.pod(request.interfaceName(), i),
                            lease.address(),
                            lease.table(),
                            request.config().mtu()));
        }
        return wiring(links);
    }

    /** Returns how a pod was connected. */
    static PodWiring wiring(CniRequest request, PodAttachment previous) {
        return wiring(
                previous.links().stream()
                        .map(link ->
                                new PodLink(
                                        link.hostInterface(),
                                        link.podInterface(),
                                        link.address(),
                                        link.table(),
                                        request.config().mtu()))
                        .toList());
    }

    private static PodWiring wiring(List<PodLink> links) {
        return links.size() == 1
                ? new PodWiring.OneAddress(links.getFirst())
                : new PodWiring.AddressPerCard(links);
    }

    /** Returns what the runtime is told of a pod that is connected so. */
    static PodAttachment attachment(PodWiring wiring, String sandbox, int device) {
        return new PodAttachment(
                sandbox,
                wiring.links().stream()
                        .map(link ->
                                new PodAttachment.Link(
                                        link.hostInterface(),
                                        link.podInterface(),
                                        link.address(),
                                        link.table()))
                        .toList(),
                device,
                0);
    }

    /** Returns what the result in {@code request} says, or null if it has none of ours. */
    static @Nullable PodAttachment previous(CniRequest request) {
        CniResult result = request.config().previous();
        return result == null ? null : PodAttachment.find(result, request.interfaceName());
    }

    /**
     * Returns what the result in {@code request} says of a pod with its own interface, or null if
     * it is another one's.
     *
     * @throws CniException if it cannot be told which interface that is
     */
    static @Nullable BranchAttachment branch(CniRequest request) throws CniException {
        CniResult result = request.config().previous();
        return result == null ? null : BranchAttachment.find(result, request.interfaceName());
    }
}
