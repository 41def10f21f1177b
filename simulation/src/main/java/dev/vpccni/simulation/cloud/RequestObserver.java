package dev.vpccni.simulation.cloud;

import dev.vpccni.model.InstanceId;
import dev.vpccni.vpc.api.Ec2Request;

/** Sees each request of a node at the moment at which EC2 carries it out. */
@FunctionalInterface
public interface RequestObserver {

    /** Nobody looks. */
    RequestObserver NONE = (by, request) -> {};

    /**
     * Called before {@code request} is carried out.
     *
     * @param by the node that asks
     */
    void arrives(InstanceId by, Ec2Request<?> request);
}
