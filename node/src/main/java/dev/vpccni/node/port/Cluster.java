package dev.vpccni.node.port;

import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the cluster's objects say about the node. Safe for use by many threads. */
public interface Cluster {

    /**
     * A cluster that says nothing: the node takes pods, and nobody tells of them before they come.
     */
    Cluster SILENT =
            new Cluster() {
                @Override
                public View view() {
                    return new View(
                            new InterfaceConfig.Unknown(
                                    "nobody says which ENIConfig is the node's"),
                            true,
                            new TreeSet<>());
                }

                @Override
                public void onChange(Runnable listener) {}
            };

    /** Returns what is known now; never waits. */
    View view();

    /**
     * Tells whether a pod is being deleted, or was: never of one that was not heard of, and of none
     * without an identifier, since another may have its name. Never waits.
     *
     * @param uid of the pod, as the runtime says it; may be empty
     */
    default boolean isEnding(PodName pod, String uid) {
        return false;
    }

    /**
     * Calls {@code listener}, which must not wait, whenever {@link #view} has changed, or a pod
     * begins to end.
     */
    void onChange(Runnable listener);

    /**
     * What is known of the cluster's objects.
     *
     * @param config where custom networking has interfaces made
     * @param schedulable false while the node carries the taint {@code
     *     node.kubernetes.io/unschedulable}; true where that could not be read
     * @param bound pods that the scheduler gave to the node and that need an address, those that
     *     have one among them
     */
    record View(InterfaceConfig config, boolean schedulable, SortedSet<PodName> bound) {

        public View {
            bound = Collections.unmodifiableSortedSet(new TreeSet<>(bound));
        }
    }

    /** The ENIConfig of the node. */
    sealed interface InterfaceConfig {

        /**
         * One that is there.
         *
         * @param groups of new interfaces; none for those of the primary interface
         */
        record Known(String name, SubnetId subnet, List<SecurityGroupId> groups)
                implements InterfaceConfig {
            public Known {
                groups = List.copyOf(groups);
            }
        }

        /**
         * One that leaves it to the node which of several subnets an interface lies in. Those in
         * other zones are not meant for it.
         *
         * @param subnets by their names; none where tags say which
         * @param tags that all of them have; none where they are named
         * @param groups of new interfaces; none for those of the primary interface
         */
        record Several(
                String name,
                List<SubnetId> subnets,
                SortedMap<String, String> tags,
                List<SecurityGroupId> groups)
                implements InterfaceConfig {
            public Several {
                subnets = List.copyOf(subnets);
                tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
                groups = List.copyOf(groups);
                if (subnets.isEmpty() == tags.isEmpty()) {
                    throw new IllegalArgumentException("subnets " + subnets + ", tags " + tags);
                }
            }
        }

        /**
         * None, or none that could be read.
         *
         * @param reason why, with the name of the object
         */
        record Unknown(String reason) implements InterfaceConfig {}
    }
}
