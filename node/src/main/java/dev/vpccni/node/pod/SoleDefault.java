package dev.vpccni.node.pod;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;

/**
 * Refuses containers that have a default route by another interface, before anything is granted to
 * them or made for them. Thread-safe.
 */
final class SoleDefault {

    private final HostNetwork host;
    private final IpFamily family;

    /**
     * @param family of pods' addresses
     */
    SoleDefault(HostNetwork host, IpFamily family) {
        this.host = host;
        this.family = family;
    }

    /**
     * Passes containers whose only default route will be that of {@code request}.
     *
     * @throws CniException if there is another one, which the message names
     */
    void require(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        String wanted = request.interfaceName();
        String other;
        try {
            other = host.otherDefault(namespace, wanted, family);
        } catch (HostException e) {
            throw Failures.of(e);
        }
        if (other != null) {
            throw Failures.of(
                    new CniError.Failed(
                            "the container has a default route by "
                                    + other
                                    + ", and "
                                    + wanted
                                    + " would bring a second one",
                            "connect a container to this network once, before any other that"
                                    + " brings a default route; with ENABLE_MULTI_NIC=true the"
                                    + " annotation k8s.amazonaws.com/nicConfig gives a pod an"
                                    + " address on each network card"));
        }
    }
}
