package dev.vpccni.emulator.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP servers with a virtual thread for each request. A connection on which nothing happens, a
 * request that does not come and an answer that nobody reads have an end.
 */
public final class Http {

    private static final Logger LOG = LoggerFactory.getLogger(Http.class);

    /** The server writes head and body apart: without this each answer waits 40 ms for an ack. */
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    /** Settings of the JDK's server, all of them for the process. Times are seconds. */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    NO_DELAY,
                    "true",
                    "sun.net.httpserver.idleInterval",
                    "60",
                    "sun.net.httpserver.maxIdleConnections",
                    "1000",
                    "sun.net.httpserver.maxReqTime",
                    "10",
                    // Longer than any latency that is worth emulating.
                    "sun.net.httpserver.maxRspTime",
                    "300",
                    "jdk.httpserver.maxConnections",
                    "2000");

    static {
        SETTINGS.forEach(System::setProperty);
    }

    private Http() {}

    /**
     * Starts a server.
     *
     * @param binding where it listens
     * @param listen port 0 for any
     * @throws IOException if the address cannot be bound
     */
    public static HttpServer serve(Binding binding, InetSocketAddress listen, HttpHandler handler)
            throws IOException {
        HttpServer server = binding.bind(() -> HttpServer.create(listen, 0));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        handler.handle(exchange);
                    } catch (IOException e) {
                        LOG.debug("A client went away", e);
                    } catch (RuntimeException e) {
                        LOG.error("A request failed: {}", exchange.getRequestURI(), e);
                        throw e;
                    }
                });
        server.start();
        return server;
    }

    /** Returns the address of {@code server} as {@code http://host:port}. */
    public static URI uri(HttpServer server) {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return URI.create(
                "http://"
                        + (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
                        + ":"
                        + address.getPort());
    }
}
