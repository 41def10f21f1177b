package dev.vpccni.node.instance;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import java.util.SortedSet;

/** What is known of the instance now; some of it changes while it runs. Safe for many threads. */
public final class Current {

    private volatile Instance instance;
    private volatile List<Ipv4Cidr> vpcCidrs;
    private volatile List<SecurityGroupId> groups;

    /** Creates what is known at the start. */
    public Current(Facts facts) {
        instance = facts.instance();
        vpcCidrs = facts.vpcCidrs();
        groups = facts.groups();
    }

    /** Returns the instance, with every subnet that was learnt of. */
    public Instance instance() {
        return instance;
    }

    /** Returns the VPC's blocks in metadata's order. */
    public List<Ipv4Cidr> vpcCidrs() {
        return vpcCidrs;
    }

    /** Returns the security groups of the primary interface, which every other one should have. */
    public List<SecurityGroupId> groups() {
        return groups;
    }

    /**
     * Adds subnets that EC2 showed, or what has changed about them.
     *
     * @return whether pods may have addresses of another one now, or of one no longer
     */
    public synchronized boolean learn(List<ObservedSubnet> subnets) {
        SortedSet<SubnetId> before = instance.excludedSubnets();
        instance = instance.with(subnets);
        return !instance.excludedSubnets().equals(before);
    }

    /** Adds a subnet of which only the blocks are known. */
    public synchronized void learn(SubnetId subnet, List<Cidr> cidrs) {
        instance = instance.with(subnet, cidrs);
    }

    /** Replaces the VPC's blocks. */
    public void vpcCidrs(List<Ipv4Cidr> changed) {
        vpcCidrs = changed;
    }

    /** Replaces the security groups. */
    public void groups(List<SecurityGroupId> changed) {
        groups = changed;
    }
}
