package dev.vpccni.simulation.cloud;

import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** What subnets have left, whatever EC2 shows of it to a node. */
public final class SubnetSpace {

    private final Cloud cloud;
    private final Instant now;

    SubnetSpace(Cloud cloud, Instant now) {
        this.cloud = cloud;
        this.now = now;
    }

    /** Returns how many addresses a subnet has left. */
    public int addresses(SubnetId of) {
        return cloud
                .apply(new Ec2Request.DescribeSubnets(List.of(of), List.of(), Page.ALL), now)
                .answer()
                .reply()
                .subnets()
                .stream()
                .mapToInt(SubnetDescription::availableAddresses)
                .sum();
    }

    /** Tells whether a new interface could be made in a subnet with a prefix. */
    public boolean hasPrefix(SubnetId of) {
        var request =
                new Ec2Request.CreateNetworkInterface(
                        "",
                        of,
                        "",
                        List.of(),
                        new TreeMap<>(),
                        WantedBlocks.anyPrefixes(1),
                        WantedBlocks.NONE);
        return cloud.apply(request, now).answer() instanceof Answer.Done;
    }
}
