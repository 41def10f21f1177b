package dev.vpccni.aws;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where EC2 is and who we are to it.
 *
 * @param region such as {@code us-west-2}
 * @param endpoint of EC2, null for the region's own
 * @param version what the user agent says after {@code amazon-vpc-cni-k8s/}
 * @param requestLimit how long to wait for a connection to say something
 * @param environment the process's, for the sources of credentials
 */
public record AwsSettings(
        String region,
        @Nullable URI endpoint,
        String version,
        Duration requestLimit,
        Map<String, String> environment) {

    /** Upstream's smallest time limit for a request, which is also its default. */
    private static final int REQUEST_SECONDS_MIN = 10;

    public AwsSettings {
        environment = Map.copyOf(environment);
    }

    /**
     * Settings from the environment: {@code AWS_ENDPOINT_URL_EC2}, {@code AWS_EC2_ENDPOINT}
     * (upstream's own) or {@code AWS_ENDPOINT_URL}, the first that is set; {@code HTTP_TIMEOUT} in
     * seconds, at least 10.
     *
     * @throws IllegalArgumentException if an endpoint is no URI with a host
     */
    public static AwsSettings from(Map<String, String> environment, String region, String version) {
        return new AwsSettings(
                region,
                firstOf(
                        environment,
                        "AWS_ENDPOINT_URL_EC2",
                        "AWS_EC2_ENDPOINT",
                        "AWS_ENDPOINT_URL"),
                version,
                Duration.ofSeconds(requestSeconds(environment.getOrDefault("HTTP_TIMEOUT", ""))),
                new TreeMap<>(environment));
    }

    /** Where to exchange a web identity for keys; null for the region's own endpoint. */
    @Nullable URI stsEndpoint() {
        return firstOf(environment, "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL");
    }

    /** The SDK's own variables are skipped if it is told to ignore them. */
    private static @Nullable URI firstOf(Map<String, String> environment, String... names) {
        boolean ignored =
                "true".equalsIgnoreCase(environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
        for (String name : names) {
            URI uri = uri(environment, name);
            if (uri != null && !(ignored && name.startsWith("AWS_ENDPOINT_URL"))) {
                return uri;
            }
        }
        return null;
    }

    private static @Nullable URI uri(Map<String, String> environment, String name) {
        String text = environment.getOrDefault(name, "");
        if (text.isEmpty()) {
            return null;
        }
        URI uri = URI.create(text);
        if (uri.getHost() == null || uri.getScheme() == null) {
            throw new IllegalArgumentException(name + " is no URI with a host: " + text);
        }
        return uri;
    }

    private static int requestSeconds(String text) {
        try {
            return Math.max(REQUEST_SECONDS_MIN, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return REQUEST_SECONDS_MIN;
        }
    }
}
