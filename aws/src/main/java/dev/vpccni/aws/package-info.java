/** The EC2 and metadata ports of {@code dev.vpccni.node} on the AWS SDK. */
@NullMarked
package dev.vpccni.aws;

import org.jspecify.annotations.NullMarked;
