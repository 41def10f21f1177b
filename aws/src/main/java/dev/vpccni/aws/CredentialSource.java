package dev.vpccni.aws;

import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials from the first source that the environment names, in the order of the SDK's default
 * chain: keys, a web identity, a profile, a container's endpoint, and otherwise the instance's
 * role. Unlike the chain it does not go on to the next source when the named one fails: a pod with
 * a role of its own must not fall back on the node's.
 */
final class CredentialSource implements AwsCredentialsProvider, AutoCloseable {

    private final AwsCredentialsProvider source;

    CredentialSource(AwsSettings settings) {
        source = named(settings);
    }

    /** Whether a request failed because there was nothing to sign it with. */
    static boolean isMissing(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Missing) {
                return true;
            }
        }
        return false;
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return source.resolveCredentials();
        } catch (SdkException e) {
            throw new Missing(e);
        }
    }

    @Override
    public void close() {
        if (source instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }

    private static AwsCredentialsProvider named(AwsSettings settings) {
        Map<String, String> environment = settings.environment();
        String key = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        if (!key.isEmpty() && !secret.isEmpty()) {
            String token = environment.getOrDefault("AWS_SESSION_TOKEN", "");
            return StaticCredentialsProvider.create(
                    token.isEmpty()
                            ? AwsBasicCredentials.create(key, secret)
                            : AwsSessionCredentials.create(key, secret, token));
        }
        if (environment.containsKey("AWS_WEB_IDENTITY_TOKEN_FILE")) {
            return new WebIdentity(settings);
        }
        if (environment.containsKey("AWS_PROFILE")) {
            return ProfileCredentialsProvider.create(environment.get("AWS_PROFILE"));
        }
        if (environment.containsKey("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                || environment.containsKey("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
            return ContainerCredentialsProvider.builder().build();
        }
        var instance = InstanceProfileCredentialsProvider.builder();
        String endpoint = environment.getOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT", "");
        if (!endpoint.isEmpty()) {
            instance.endpoint(endpoint);
        }
        return instance.build();
    }

    /** No credentials were to be had. */
    private static final class Missing extends SdkClientException {

        private static final long serialVersionUID = 1L;

        Missing(SdkException cause) {
            super(SdkClientException.builder().message(cause.getMessage()).cause(cause));
        }
    }
}
