package dev.vpccni.dataplane.firewall;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The nft table that marks connections of pods that leave the VPC, where iptables speaks to
 * nf_tables. Table, chains, and what {@code snat-mark} says are upstream's.
 *
 * <p>The base chain is not: upstream's is of type nat, and the kernel asks such a chain no more
 * once another has translated the connection, so a service whose endpoints lie outside the VPC was
 * lost to pods on secondary interfaces. A filter chain at the same place sees every connection with
 * the destination it really has. Only bits of the mark are set, and only for packets of pods: other
 * marks are somebody else's. An upstream that takes over replaces a base chain of another type.
 *
 * @param vethPrefix how names of pods' host interfaces begin
 * @param untranslated destinations of connections that are not marked, in order
 */
public record ConnectionMarks(String vethPrefix, Mark mark, List<Ipv4Cidr> untranslated) {

    /** The table's name, in the family {@code ip}. */
    public static final String TABLE = "aws-cni";

    /** Removes the table, whether it is there or not, in one transaction. */
    public static final String REMOVAL = "table ip aws-cni\ndelete table ip aws-cni\n";

    public ConnectionMarks {
        untranslated = List.copyOf(untranslated);
    }

    /**
     * Returns the input of {@code nft -f} that puts this table in the place of any other of its
     * name in one transaction. Blocks are compared as upstream's own code does, by all four bytes
     * under a mask, so that it knows its rules again.
     */
    public String script() {
        return REMOVAL + text("-90", ConnectionMarks::masked);
    }

    /** Returns what {@code nft -s list table ip aws-cni} prints, which leaves counters out. */
    public String listing() {
        return text("dstnat + 10", ConnectionMarks::block);
    }

    private String text(String priority, Function<Ipv4Cidr, String> destination) {
        String bits = String.format(Locale.ROOT, "0x%08x", mark.mask());
        String pods = "\t\tiifname \"" + vethPrefix + "*\" ";
        var text = new StringBuilder();
        text.append("table ip ").append(TABLE).append(" {\n");
        text.append("\tchain nat-prerouting {\n");
        text.append("\t\ttype filter hook prerouting priority ").append(priority);
        text.append("; policy accept;\n");
        text.append(pods);
        text.append("ct state new fib daddr type != local counter jump snat-mark\n");
        text.append(pods).append("ct mark & ").append(bits).append(" == ").append(bits);
        text.append(" counter meta mark set meta mark | ").append(bits);
        text.append("\n\t}\n\n\tchain snat-mark {\n");
        for (Ipv4Cidr block : untranslated) {
            text.append("\t\tcounter ").append(destination.apply(block)).append("return\n");
        }
        text.append("\t\tcounter ct mark set ct mark | ").append(bits).append("\n\t}\n}\n");
        return text.toString();
    }

    private static String masked(Ipv4Cidr block) {
        int length = block.prefixLength();
        if (length == 0) {
            return "";
        }
        var mask = new Ipv4Address(-1 << (32 - length));
        return "ip daddr & " + mask + " == " + block.network() + " ";
    }

    private static String block(Ipv4Cidr block) {
        return switch (block.prefixLength()) {
            case 0 -> "";
            case 32 -> "ip daddr " + block.network() + " ";
            default -> "ip daddr " + block + " ";
        };
    }
}
