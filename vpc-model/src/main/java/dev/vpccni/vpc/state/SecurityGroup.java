package dev.vpccni.vpc.state;

import dev.vpccni.model.VpcId;

/** A security group; its rules are the data plane's matter. */
public record SecurityGroup(VpcId vpc, String name) {}
