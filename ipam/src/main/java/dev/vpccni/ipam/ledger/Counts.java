package dev.vpccni.ipam.ledger;

/**
 * The addresses of a ledger at one instant.
 *
 * @param inUse assigned to pods, or held for pods of which no grant is known
 * @param cooling used until a moment ago: handed to nobody, given back to nobody
 * @param free ready for a pod
 * @param leftOver those of the free ones that pods get only when there is no other: of blocks of
 *     the kind that the node does not prefer
 * @param arriving asked of EC2 and not there yet, on present and on future interfaces
 * @param leaving on their way back to EC2, alone or with their interface
 * @param doubted not shown by EC2, so that nobody gets them
 * @param unplaced in use or cooling on interfaces that are not confirmed or not known
 */
public record Counts(
        int inUse,
        int cooling,
        long free,
        long leftOver,
        long arriving,
        long leaving,
        long doubted,
        int unplaced) {

    /** Returns how many addresses are there for pods: in use, cooling and free. */
    public long total() {
        return inUse + cooling + free;
    }
}
