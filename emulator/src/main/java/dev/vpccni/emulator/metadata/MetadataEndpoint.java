package dev.vpccni.emulator.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vpccni.emulator.http.Binding;
import dev.vpccni.emulator.http.Http;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.emulator.state.CloudKeeper;
import dev.vpccni.model.InstanceId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One instance's metadata service, version 2 (EC2 User Guide, "Use the Instance Metadata Service").
 * Thread-safe.
 */
public final class MetadataEndpoint implements AutoCloseable {

    private static final String TOKEN_PATH = "/latest/api/token";
    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final String TOKEN_SECONDS = "X-aws-ec2-metadata-token-ttl-seconds";

    private final InstanceId instance;
    private final CloudKeeper keeper;
    private final CallCounts calls;
    private final HttpServer server;
    private final Tokens tokens = new Tokens();
    private final AtomicInteger outages = new AtomicInteger();
    private volatile MetadataOptions options;

    private MetadataEndpoint(
            Binding binding,
            InstanceId instance,
            InetSocketAddress listen,
            MetadataOptions options,
            CloudKeeper keeper,
            CallCounts calls)
            throws IOException {
        this.instance = instance;
        this.options = options;
        this.keeper = keeper;
        this.calls = calls;
        this.server = Http.serve(binding, listen, this::handle);
    }

    /**
     * Starts to serve.
     *
     * @throws IOException if the address cannot be bound
     */
    public static MetadataEndpoint start(
            Binding binding,
            InstanceId instance,
            InetSocketAddress listen,
            MetadataOptions options,
            CloudKeeper keeper,
            CallCounts calls)
            throws IOException {
        return new MetadataEndpoint(binding, instance, listen, options, keeper, calls);
    }

    /** Returns where it is served. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Returns the endpoint, such as for {@code AWS_EC2_METADATA_SERVICE_ENDPOINT}. */
    public URI uri() {
        return Http.uri(server);
    }

    /** Changes how it behaves. */
    public void options(MetadataOptions replacement) {
        options = replacement;
    }

    /** Makes every token that was issued expire now. */
    public void expireTokens() {
        tokens.expireAll();
    }

    /** Answers the next {@code requests} with 503. */
    public void fail(int requests) {
        outages.set(requests);
    }

    /** Stops serving. */
    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        Reply reply = reply(exchange, path, keeper.now());
        String failure = reply.status == 200 ? null : String.valueOf(reply.status);
        calls.add(Service.METADATA, instance.value(), name(path), failure);
        byte[] body = reply.body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.type);
        exchange.getResponseHeaders().set("Server", "EC2ws");
        exchange.sendResponseHeaders(reply.status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private Reply reply(HttpExchange exchange, String path, Instant now) {
        if (outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return Reply.error(503, "Service Unavailable");
        }
        if (!options.enabled()) {
            return Reply.error(403, "Forbidden");
        }
        return switch (exchange.getRequestMethod()) {
            case "PUT" -> issue(exchange, path, now);
            case "GET" -> read(exchange, path, now);
            default -> Reply.error(405, "Method Not Allowed");
        };
    }

    private Reply issue(HttpExchange exchange, String path, Instant now) {
        if (!path.equals(TOKEN_PATH)
                || exchange.getRequestHeaders().containsKey("X-Forwarded-For")) {
            return Reply.error(403, "Forbidden");
        }
        int seconds = Tokens.seconds(exchange.getRequestHeaders().getFirst(TOKEN_SECONDS));
        if (seconds < 0) {
            return Reply.error(400, "Bad Request");
        }
        exchange.getResponseHeaders().set(TOKEN_SECONDS, String.valueOf(seconds));
        return Reply.text(tokens.issue(seconds, now));
    }

    private Reply read(HttpExchange exchange, String path, Instant now) {
        String token = exchange.getRequestHeaders().getFirst(TOKEN);
        if (token == null ? options.tokensRequired() : !tokens.accepts(token, now)) {
            return Reply.error(401, "Unauthorized");
        }
        String body = keeper.cloud().metadata(instance, path, now);
        return body == null ? Reply.error(404, "Not Found") : Reply.text(body);
    }

    /** Names a path as the call log counts it: the same for each version and interface. */
    private static String name(String path) {
        return path.replaceFirst("^/[^/]+/", "")
                .replaceFirst("/$", "")
                .replaceFirst("([0-9a-f]{2}:){5}[0-9a-f]{2}", "{mac}");
    }

    private record Reply(int status, String type, String body) {

        static Reply text(String body) {
            return new Reply(200, "text/plain", body);
        }

        static Reply error(int status, String title) {
            String page =
                    """
                    <?xml version="1.0" encoding="iso-8859-1"?>
                    <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
                     <head><title>%d - %s</title></head>
                     <body><h1>%d - %s</h1></body>
                    </html>
                    """
                            .formatted(status, title, status, title);
            return new Reply(status, "text/html", page);
        }
    }
}
