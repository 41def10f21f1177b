package dev.vpccni.controller;

/** The tags by which interfaces are told apart, and the text that they are described with. */
final class BranchTags {

    /** Which instance's, as with the daemon's own. */
    static final String INSTANCE = "node.k8s.amazonaws.com/instance_id";

    /** Which cluster's. */
    static final String CLUSTER = "cluster.k8s.amazonaws.com/name";

    static final String OWNER = "eks:eni:owner";
    static final String OWNER_VALUE = "vpc-cni-branch-controller";
    static final String TRUNK = "vpcresources.k8s.aws/trunk-eni-id";
    static final String POD_UID = "branch.vpc-cni/pod-uid";

    /** Together they would be longer than a tag may be. */
    static final String POD_NAMESPACE = "branch.vpc-cni/pod-namespace";

    static final String POD_NAME = "branch.vpc-cni/pod-name";

    /** Not that of the node's own interfaces, which daemons clean up after each other. */
    static final String DESCRIPTION = "aws-k8s-";

    private BranchTags() {}
}
