package dev.vpccni.aws;

import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads paths of the metadata service with a session token, which it keeps and renews. Where the
 * service refuses to issue one (version 1 only, or something else that serves the same paths), or
 * does not answer because the hop limit is too low, it reads without.
 *
 * <p>An instance's own service answers within a millisecond or is in trouble, so each attempt has a
 * short time limit and there are several. Safe for use by many threads.
 */
final class MetadataClient {

    /**
     * The longest that the service gives: a token costs a request, and one that ended is replaced.
     */
    private static final Duration TOKEN_LIFE = Duration.ofHours(6);

    /** Whether tokens are issued, and needed, is an option of a running instance. */
    private static final Duration REFUSAL_LIFE = Duration.ofMinutes(5);

    /** A token is renewed before its end, so that no read meets an expired one. */
    private static final Duration TOKEN_MARGIN = Duration.ofSeconds(20);

    private static final Duration CONNECT_LIMIT = Duration.ofMillis(500);
    private static final Duration READ_LIMIT = Duration.ofSeconds(1);
    private static final Duration PAUSE_FIRST = Duration.ofMillis(50);
    private static final Duration PAUSE_MOST = Duration.ofSeconds(1);

    /** The largest value, a list of addresses, has some kilobytes. */
    private static final int ANSWER_MAX = 1 << 20;

    private final URI endpoint;
    private final Duration patience;
    private final Tempo tempo;
    private final RetryDelay backoff;
    private final CallListener listener;
    private @Nullable Token token;

    MetadataClient(
            URI endpoint,
            Duration patience,
            Tempo tempo,
            RandomGenerator random,
            CallListener listener) {
        this.endpoint = endpoint;
        this.patience = patience;
        this.tempo = tempo;
        this.backoff = new RetryDelay(random);
        this.listener = listener;
    }

    /**
     * A session token.
     *
     * @param text empty where the service issues none
     * @param end when to ask for another, in nanoseconds of {@code tempo}
     */
    private record Token(String text, long end) {}

    /** An answer to one request. */
    private record Answer(int status, String body) {}

    /**
     * The value of a path below {@code latest/}.
     *
     * @return null if there is none (404)
     * @throws MetadataException if it could not be had before the deadline, or is refused
     */
    @Nullable String get(String path) throws MetadataException, InterruptedException {
        long deadline = tempo.nanos() + patience.toNanos();
        for (int attempt = 1; ; attempt++) {
            IOException problem;
            try {
                Answer answer = read(path);
                switch (answer.status()) {
                    case 200 -> {
                        return answer.body();
                    }
                    case 404 -> {
                        return null;
                    }
                    case 400, 403, 405 ->
                            throw failure(path, "refused with status " + answer.status(), null);
                    default -> problem = new IOException("status " + answer.status());
                }
            } catch (IOException e) {
                problem = e;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("reading metadata was interrupted");
            }
            Duration pause = backoff.after(attempt, PAUSE_FIRST, PAUSE_MOST);
            if (tempo.nanos() + pause.toNanos() >= deadline) {
                throw failure(path, attempt + " attempts failed, the last: " + problem, problem);
            }
            tempo.pause(pause);
        }
    }

    MetadataException failure(String path, String what, @Nullable Throwable cause) {
        return new MetadataException("metadata " + path + " at " + endpoint + ": " + what, cause);
    }

    /** Reads with a token; a token that is no longer taken is replaced once. */
    private Answer read(String path) throws IOException {
        Token used = currentToken();
        Answer answer = exchange("GET", path, used.text());
        if (answer.status() == 401 && !used.text().isEmpty()) {
            forget(used);
            answer = exchange("GET", path, currentToken().text());
        }
        return answer;
    }

    /** One thread asks for a token while the others that need it wait. */
    private synchronized Token currentToken() throws IOException {
        Token current = token;
        if (current != null && tempo.nanos() < current.end()) {
            return current;
        }
        Answer answer;
        try {
            answer = exchange("PUT", "api/token", "");
        } catch (java.net.SocketTimeoutException e) {
            // Perhaps the answer's hop limit is too low. Not remembered: the next read tries again.
            return new Token("", tempo.nanos());
        }
        String text =
                switch (answer.status()) {
                    case 200 -> answer.body();
                    case 403, 404, 405 -> "";
                    default -> throw new IOException("no token: status " + answer.status());
                };
        Duration life = text.isEmpty() ? REFUSAL_LIFE : TOKEN_LIFE.minus(TOKEN_MARGIN);
        current = new Token(text, tempo.nanos() + life.toNanos());
        token = current;
        return current;
    }

    private synchronized void forget(Token refused) {
        if (refused.equals(token)) {
            token = null;
        }
    }

    private Answer exchange(String method, String path, String tokenText) throws IOException {
        long start = tempo.nanos();
        try {
            Answer answer = send(method, path, tokenText);
            heard(start, answer.status() < 400 || answer.status() == 404 ? "" : "Refused");
            return answer;
        } catch (IOException e) {
            heard(start, "Unavailable");
            throw e;
        }
    }

    private void heard(long start, String error) {
        listener.called("GetMetadata", Duration.ofNanos(tempo.nanos() - start), error);
    }

    private Answer send(String method, String path, String tokenText) throws IOException {
        URI uri = endpoint.resolve("/latest/" + path);
        // Never through a proxy: the address means something else on every host.
        var connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
        connection.setReadTimeout((int) READ_LIMIT.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(method);
        if (method.equals("PUT")) {
            connection.setRequestProperty(
                    "X-aws-ec2-metadata-token-ttl-seconds", Long.toString(TOKEN_LIFE.toSeconds()));
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(0);
            connection.getOutputStream().close();
        } else if (!tokenText.isEmpty()) {
            connection.setRequestProperty("X-aws-ec2-metadata-token", tokenText);
        }
        int status = connection.getResponseCode();
        try (InputStream body =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] bytes = body == null ? new byte[0] : body.readNBytes(ANSWER_MAX);
            return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
