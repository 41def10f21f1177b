package dev.vpccni.vpc.state;

import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;

/**
 * What a token was used for.
 *
 * @param reply what the caller was told
 */
public record Idempotent(Ec2Request<?> request, Ec2Reply reply) {}
