package dev.vpccni.dataplane;

/** The numbers of route tables, as the kernel and upstream give them. */
public final class RouteTables {

    /** Looked up last, before giving up. */
    public static final int DEFAULT = 253;

    /** With fast rules, the ways to pods that table main has, too. No VLAN and no card has it. */
    public static final int PODS = 9511;

    /** What everything without a rule of its own uses. */
    public static final int MAIN = 254;

    /** Kept by the kernel: the node's own addresses. */
    public static final int LOCAL = 255;

    /** Tables of devices on further cards begin behind this one, 100 for each card. */
    private static final int CARDS = 10_000;

    private static final int DEVICES = 100;

    /** The table of a VLAN is its tag and this. */
    public static final int VLANS = 100;

    /** IEEE 802.1Q keeps 0 and 4095 for itself. */
    private static final int VLAN_MAX = 4094;

    private RouteTables() {}

    /**
     * Returns the table of a network interface: main for the primary one, for others a number that
     * ec2-net-utils gives it too.
     *
     * @param card the network card, from 0
     * @param device its number on the card, from 0
     * @throws IllegalArgumentException if one of them is negative, or {@code device} is 100 or more
     */
    public static int of(int card, int device) {
        if (card < 0 || device < 0 || device >= DEVICES) {
            throw new IllegalArgumentException("no device " + device + " of card " + card);
        }
        if (card > 0) {
            return CARDS + DEVICES * card + device;
        }
        return device == 0 ? MAIN : device + 1;
    }

    /**
     * Returns the table of a branch interface. Upstream gives VLANs 153 to 155 the kernel's own
     * tables, in which a default route would cut the node off.
     *
     * @param vlan the tag, 1 to 4094 without those
     * @throws IllegalArgumentException if it is another one
     */
    public static int ofVlan(int vlan) {
        int table = VLANS + vlan;
        if (!isOfVlan(table)) {
            throw new IllegalArgumentException("no route table for VLAN " + vlan);
        }
        return table;
    }

    /** Tells whether a table is one that {@link #ofVlan} gives. */
    public static boolean isOfVlan(int table) {
        boolean kernels = table >= DEFAULT && table <= LOCAL;
        return table > VLANS && table <= VLANS + VLAN_MAX && !kernels;
    }

    /** Returns the name by which ip(8) shows a table, or its number. */
    public static String text(int table) {
        return switch (table) {
            case DEFAULT -> "default";
            case MAIN -> "main";
            case LOCAL -> "local";
            default -> Integer.toUnsignedString(table);
        };
    }
}
