package dev.vpccni.vpc.state;

import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.EniDescription;

/**
 * What a token was used for.
 *
 * @param made what the caller was told
 */
public record Idempotent(CreateNetworkInterface request, EniDescription made) {}
