package dev.vpccni.aws;

import java.nio.file.Path;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials for the token of a Kubernetes service account ("IAM roles for service accounts"),
 * from the region's own STS. The SDK's ready-made source is not used, because it reads the
 * process's environment and not the one that it is given.
 */
final class WebIdentity implements AwsCredentialsProvider, SdkAutoCloseable {

    private final StsClient sts;
    private final StsWebIdentityTokenFileCredentialsProvider source;

    WebIdentity(AwsSettings settings) {
        Map<String, String> environment = settings.environment();
        var http =
                UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.requestLimit())
                        .socketTimeout(settings.requestLimit());
        var builder =
                StsClient.builder()
                        .region(Region.of(settings.region()))
                        .credentialsProvider(AnonymousCredentialsProvider.create())
                        .httpClientBuilder(http);
        if (settings.stsEndpoint() != null) {
            builder.endpointOverride(settings.stsEndpoint());
        }
        sts = builder.build();
        source =
                StsWebIdentityTokenFileCredentialsProvider.builder()
                        .stsClient(sts)
                        .webIdentityTokenFile(
                                Path.of(
                                        environment.getOrDefault(
                                                "AWS_WEB_IDENTITY_TOKEN_FILE", "")))
                        .roleArn(environment.getOrDefault("AWS_ROLE_ARN", ""))
                        .roleSessionName(
                                environment.getOrDefault("AWS_ROLE_SESSION_NAME", "vpc-cni"))
                        .build();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return source.resolveCredentials();
    }

    @Override
    public void close() {
        source.close();
        sts.close();
    }
}
