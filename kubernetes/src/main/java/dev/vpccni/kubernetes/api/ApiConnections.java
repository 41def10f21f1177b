package dev.vpccni.kubernetes.api;

import dev.vpccni.kubernetes.api.ApiClient.Connection;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.concurrent.Executors;

/** Makes clients of what a node knows of its API server. */
final class ApiConnections {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int MOST_CAUSES = 5;

    private ApiConnections() {}

    /**
     * Returns a client, which has not sent anything yet.
     *
     * @throws ApiException if what it needs cannot be read
     */
    static Connection open(ApiAccess access) throws ApiException {
        try {
            Config config =
                    switch (access) {
                        case ApiAccess.InCluster(String url, Path folder) -> inCluster(url, folder);
                        case ApiAccess.Kubeconfig(Path file, String url) -> kubeconfig(file, url);
                    };
            // What fails is tried again by whoever asked, and nowhere else.
            config.setRequestRetryBackoffLimit(0);
            config.setConnectionTimeout(CONNECT_MILLIS);
            // Streams of one connection share its silence; watches are to fail one by one.
            config.setHttp2Disable(true);
            String url = config.getMasterUrl();
            return new Connection(
                    new ManyThreads().newBuilder(config).build(),
                    url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        } catch (RuntimeException e) { // A parser's own, of whatever lies in the file.
            String hint =
                    hasKey(access) ? "; a client's key must be one of RSA, or use a token" : "";
            throw ApiException.of("the API server cannot be asked: " + why(e) + hint, e);
        }
    }

    private static boolean hasKey(ApiAccess access) {
        try {
            return access instanceof ApiAccess.Kubeconfig(Path file, String _)
                    && Files.readString(file).contains("client-key");
        } catch (IOException e) {
            return false;
        }
    }

    /** The library's own words are often none; those of what it ran into say more. */
    private static String why(Throwable failure) {
        var why = new StringJoiner(": ");
        int depth = 0;
        for (Throwable each = failure;
                each != null && depth < MOST_CAUSES;
                each = each.getCause()) {
            why.add(String.valueOf(each.getMessage()));
            depth++;
        }
        return why.toString();
    }

    private static Config inCluster(String url, Path folder) {
        Path token = folder.resolve("token");
        Path authority = folder.resolve("ca.crt");
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url)
                .withCaCertFile(Files.exists(authority) ? authority.toString() : null)
                .withOauthTokenProvider(() -> read(token))
                .build();
    }

    /** Read for each request, of which there are few: the kubelet replaces it every hour. */
    private static String read(Path token) {
        try {
            return Files.readString(token).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("the service account's token cannot be read: " + e, e);
        }
    }

    private static Config kubeconfig(Path file, String url) throws ApiException {
        if (!Files.isReadable(file)) {
            throw ApiException.of("the kubeconfig " + file + " cannot be read", null);
        }
        Config config = Config.fromKubeconfig(file.toFile());
        if (!url.isEmpty()) {
            config.setMasterUrl(url);
        }
        return config;
    }

    /** Threads that cost nothing while they wait. */
    private static final class ManyThreads extends JdkHttpClientFactory {
        @Override
        protected void additionalConfig(HttpClient.Builder builder) {
            builder.executor(Executors.newVirtualThreadPerTaskExecutor());
        }
    }
}
