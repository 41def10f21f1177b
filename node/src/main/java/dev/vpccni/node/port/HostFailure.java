package dev.vpccni.node.port;

import dev.vpccni.model.MacAddress;

/** Why the kernel did not do as asked. */
public sealed interface HostFailure {

    /**
     * The pod's network namespace is gone or is none, or what was handed over does not belong to
     * it.
     */
    record NoNamespace(String path) implements HostFailure {}

    /** The network namespace that was handed over as a pod's is the node's own. */
    record NodeNamespace(String path) implements HostFailure {}

    /** No link has this address. */
    record NoLink(MacAddress mac) implements HostFailure {}

    /** The pod, or the node, has an interface of the wanted name already. */
    record InterfaceTaken(String name) implements HostFailure {}

    /**
     * The kernel refused one step.
     *
     * @param step what was attempted, such as {@code add rule 512 to 10.0.1.7}
     * @param errno a positive error number; 0 where a program failed instead of a system call
     */
    record Refused(String step, int errno) implements HostFailure {}
}
