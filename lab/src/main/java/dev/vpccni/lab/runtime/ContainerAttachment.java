package dev.vpccni.lab.runtime;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A container's interface in a network: what ADD makes and DEL removes.
 *
 * @param container the sandbox's identifier
 * @param namespace the path of its network namespace; empty once that is gone
 * @param device the interface's name inside, such as {@code eth0}
 * @param arguments {@code CNI_ARGS}: pairs joined by semicolons
 * @param capabilities what the runtime offers to plugins that ask, such as {@code portMappings}
 */
public record ContainerAttachment(
        String container,
        String namespace,
        String device,
        String arguments,
        SortedMap<String, Object> capabilities) {

    public ContainerAttachment {
        capabilities = Collections.unmodifiableSortedMap(new TreeMap<>(capabilities));
    }

    /** Returns the same attachment after its namespace is gone. */
    public ContainerAttachment withoutNamespace() {
        return new ContainerAttachment(container, "", device, arguments, capabilities);
    }
}
