package dev.vpccni.kubernetes.api;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the API server, each once. What it needs for that is read when the first one is
 * sent, and again after the server did not know who asks, or showed a certificate of an authority
 * that was not known: either may have changed meanwhile. Safe for use by many threads, which may
 * wait in it.
 */
public final class ApiClient implements AutoCloseable {

    /** How long a server may take to begin its answer, and to end a short one. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final int REASON_MAX = 8 << 10;
    private static final int UNAUTHORIZED = 401;
    private static final Duration LONGEST_REST = Duration.ofMinutes(2);

    private final ApiAccess access;
    private final String agent;
    private final Duration patience;
    private @Nullable Connection connection;
    private boolean closed;

    /** What a client of fabric8 was made of. */
    record Connection(HttpClient http, String url) {}

    /**
     * @param agent who asks, as the server's audit log names it
     */
    public ApiClient(ApiAccess access, String agent) {
        this(access, agent, PATIENCE);
    }

    ApiClient(ApiAccess access, String agent, Duration patience) {
        this.access = access;
        this.agent = agent;
        this.patience = patience;
    }

    /**
     * Returns the body of the answer to a GET, which the caller closes.
     *
     * @param path with its query
     * @throws ApiException if there is none, or an error
     */
    ApiBody get(String path) throws ApiException, InterruptedException {
        return exchange("GET", path, "", "");
    }

    /**
     * Sends {@code body} and forgets the answer.
     *
     * @throws ApiException if it is an error, or there is none
     */
    public void send(String method, String path, String type, String body)
            throws ApiException, InterruptedException {
        exchange(method, path, type, body).close();
    }

    /**
     * Returns the body of the answer, which the caller closes.
     *
     * @param type of {@code content}; both are empty where nothing is sent
     * @throws ApiException if there is none, or an error
     */
    ApiBody exchange(String method, String path, String type, String content)
            throws ApiException, InterruptedException {
        Connection to = connection();
        HttpRequest.Builder request =
                to.http
                        .newHttpRequestBuilder()
                        .uri(to.url + path)
                        .header("Accept", "application/json")
                        .header("User-Agent", agent)
                        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (!content.isEmpty()) {
            request.method(method, type, content);
        }
        var body = new ApiBody();
        body.expectWithin(patience);
        CompletableFuture<HttpResponse<AsyncBody>> answer;
        try {
            answer = to.http.consumeBytes(request.build(), body::accept);
        } catch (IllegalStateException | UncheckedIOException e) {
            // Another request has just had it discarded, or the token cannot be read.
            throw ApiException.of("the API server cannot be asked: " + e.getMessage(), e);
        }
        boolean taken = false;
        try {
            HttpResponse<AsyncBody> head =
                    answer.get(patience.toMillis() + 1000, TimeUnit.MILLISECONDS);
            body.begin(head.body());
            if (!head.isSuccessful()) {
                throw refused(head, body, to);
            }
            taken = true;
            return body;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (isOfTls(cause)) {
                discard(to);
            }
            throw ApiException.of("the API server does not answer: " + cause, cause);
        } catch (TimeoutException e) {
            throw ApiException.of(
                    "the API server does not answer within " + patience.toSeconds() + " s", e);
        } finally {
            if (!taken) {
                body.close();
                answer.cancel(true);
            }
        }
    }

    private ApiException refused(HttpResponse<AsyncBody> head, ApiBody body, Connection from) {
        if (head.code() == UNAUTHORIZED) {
            discard(from);
        }
        return new ApiException(
                head.code(),
                "the API server answers " + head.code() + reason(body),
                retryAfter(head.header("Retry-After")),
                null);
    }

    /** What the server says to it, as far as it does so in Kubernetes' way. */
    private static String reason(ApiBody body) {
        try {
            byte[] text = body.readNBytes(REASON_MAX);
            return ": " + JsonObject.parse(text).string("message");
        } catch (IOException | JsonException _) {
            return "";
        }
    }

    private static Duration retryAfter(@Nullable String seconds) {
        try {
            long asked = seconds == null ? 0 : Long.parseLong(seconds.trim());
            return Duration.ofSeconds(Math.clamp(asked, 0, LONGEST_REST.toSeconds()));
        } catch (NumberFormatException _) {
            return Duration.ZERO;
        }
    }

    private static boolean isOfTls(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof SSLException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private Connection connection() throws ApiException {
        synchronized (this) {
            if (closed) {
                throw ApiException.of("the daemon ends", null);
            }
            if (connection == null) {
                connection = ApiConnections.open(access);
            }
            return connection;
        }
    }

    /** The next request looks anew where the server is, and who asks. */
    private void discard(Connection old) {
        synchronized (this) {
            if (old.equals(connection)) {
                connection = null;
            }
        }
        old.http.close();
    }

    @Override
    public void close() {
        Connection old;
        synchronized (this) {
            closed = true;
            old = connection;
            connection = null;
        }
        if (old != null) {
            old.http.close();
        }
    }

    /** Returns {@code text} as part of a query. */
    public static String query(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
