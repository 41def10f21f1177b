package dev.vpccni.node.port;

import dev.vpccni.model.MacAddress;

/** Why the kernel did not do as asked. */
public sealed interface HostFailure {

    /** The pod's network namespace is gone or is none. */
    record NoNamespace(String path) implements HostFailure {}

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
