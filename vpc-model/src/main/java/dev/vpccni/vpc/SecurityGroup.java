package dev.vpccni.vpc;

import dev.vpccni.model.VpcId;

/** A security group; its rules are the data plane's matter. */
record SecurityGroup(VpcId vpc, String name) {}
