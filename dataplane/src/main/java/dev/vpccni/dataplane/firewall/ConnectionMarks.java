package dev.vpccni.dataplane.firewall;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.model.Ipv4Cidr;
import java.util.List;

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
 * @param vethPrefixes how names of pods' host interfaces begin, at least one
 * @param untranslated destinations of connections that are not marked, in order
 */
public record ConnectionMarks(List<String> vethPrefixes, Mark mark, List<Ipv4Cidr> untranslated) {

    /** The table's name, in the family {@code ip}. */
    public static final String TABLE = "aws-cni";

    /** The chain that the kernel calls. */
    public static final String BASE_CHAIN = "nat-prerouting";

    /** The chain that marks connections, but those to {@link #untranslated}. */
    public static final String MARKING_CHAIN = "snat-mark";

    public ConnectionMarks {
        vethPrefixes = List.copyOf(vethPrefixes);
        untranslated = List.copyOf(untranslated);
    }
}
