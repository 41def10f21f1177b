package dev.vpccni.dataplane;

import java.util.List;

/** How one pod is connected to its node. */
public sealed interface PodWiring {

    /** By one address of the node's. */
    record OneAddress(PodLink link) implements PodWiring {}

    /**
     * By an address on each network card. The pod's default route leads over the first link; the
     * others are for programs that bind to their addresses.
     *
     * @param perCard in the order of the cards, at least one
     */
    record AddressPerCard(List<PodLink> perCard) implements PodWiring {

        /**
         * @throws IllegalArgumentException if there are no links, or addresses of both families
         */
        public AddressPerCard {
            perCard = List.copyOf(perCard);
            if (perCard.stream().map(link -> link.address().family()).distinct().count() != 1) {
                throw new IllegalArgumentException("not one address of a family each: " + perCard);
            }
        }
    }

    /**
     * By a network interface of its own.
     *
     * @param link whose table is the branch interface's
     * @param branch that interface
     * @param mode which packets its security groups see
     */
    record OnBranch(PodLink link, BranchInterface branch, BranchInterface.Mode mode)
            implements PodWiring {

        /**
         * @throws IllegalArgumentException if {@code link} has another table, or the router another
         *     family
         */
        public OnBranch {
            if (link.table() != branch.table()
                    || link.address().family() != branch.gateway().family()) {
                throw new IllegalArgumentException(link + " is not on " + branch);
            }
        }
    }

    /** Returns the veth pairs, that with the pod's default route first. */
    default List<PodLink> links() {
        return switch (this) {
            case OneAddress(PodLink link) -> List.of(link);
            case OnBranch(PodLink link, var _, var _) -> List.of(link);
            case AddressPerCard(List<PodLink> perCard) -> perCard;
        };
    }
}
