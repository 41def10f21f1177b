package dev.vpccni.vpc;

import dev.vpccni.vpc.Ec2Request.CreateNetworkInterface;

/** What a token was used for. */
record Idempotent(CreateNetworkInterface request, EniDescription made) {}
