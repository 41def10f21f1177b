package dev.vpccni.ipam.world;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;

/** Blocks as EC2 gives them: each once. */
final class FreshBlocks {

    private static final IpAddress ADDRESSES = IpAddress.parse("10.8.0.0");
    private static final IpAddress PREFIXES = IpAddress.parse("10.64.0.0");
    private static final IpAddress ADDRESSES_6 = IpAddress.parse("2001:db8:1::");
    private static final IpAddress PREFIXES_6 = IpAddress.parse("2001:db8:2::");

    private int made;

    /** Returns {@code count} blocks that nobody has had. */
    List<Cidr> of(BlockKind kind, IpFamily family, int count) {
        boolean four = family == IpFamily.IPV4;
        IpAddress first =
                switch (kind) {
                    case ADDRESS -> four ? ADDRESSES : ADDRESSES_6;
                    case PREFIX -> four ? PREFIXES : PREFIXES_6;
                };
        var fresh = new ArrayList<Cidr>();
        for (int i = 0; i < count; i++) {
            IpAddress network = first.plus(kind.size(family) * made++);
            fresh.add(Cidr.of(network, kind.prefixLength(family)));
        }
        return fresh;
    }
}
