package dev.vpccni.node;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;

/** What is known of the instance now; some of it changes while it runs. Safe for many threads. */
final class Current {

    private volatile Instance instance;
    private volatile List<Ipv4Cidr> vpcCidrs;
    private volatile List<SecurityGroupId> groups;

    Current(Facts facts) {
        instance = facts.instance();
        vpcCidrs = facts.vpcCidrs();
        groups = facts.groups();
    }

    Instance instance() {
        return instance;
    }

    List<Ipv4Cidr> vpcCidrs() {
        return vpcCidrs;
    }

    List<SecurityGroupId> groups() {
        return groups;
    }

    void learn(List<ObservedSubnet> subnets) {
        instance = instance.with(subnets);
    }

    void vpcCidrs(List<Ipv4Cidr> changed) {
        vpcCidrs = changed;
    }

    void groups(List<SecurityGroupId> changed) {
        groups = changed;
    }
}
