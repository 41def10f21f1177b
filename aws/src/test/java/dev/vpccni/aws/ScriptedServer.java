package dev.vpccni.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on the loopback that gives prepared answers in order, and keeps what it heard. */
final class ScriptedServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Reply> script = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Heard> heard = new ArrayList<>();

    /**
     * A prepared answer.
     *
     * @param status 0 to hang up without one, -1 to say nothing until the server is closed
     */
    record Reply(int status, String body) {
        static final Reply HANG_UP = new Reply(0, "");
        static final Reply SILENCE = new Reply(-1, "");
    }

    /** A request, with its body as form fields. */
    record Heard(
            String method,
            String path,
            SortedMap<String, String> form,
            SortedMap<String, String> headers) {}

    ScriptedServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized ScriptedServer then(int status, String body) {
        script.add(new Reply(status, body));
        return this;
    }

    synchronized ScriptedServer thenHangUp() {
        script.add(Reply.HANG_UP);
        return this;
    }

    synchronized ScriptedServer thenSaysNothing() {
        script.add(Reply.SILENCE);
        return this;
    }

    /** An error in EC2's form. */
    ScriptedServer thenError(int status, String code, String message) {
        return then(
                status,
                "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>"
                        .formatted(code, message));
    }

    /** A success in EC2's form. */
    ScriptedServer thenAnswer(String action, String content) {
        return then(
                200,
                "<%sResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>%s</%sResponse>"
                        .formatted(action, content, action));
    }

    synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name, String.join(",", values)));
        Reply reply;
        synchronized (this) {
            heard.add(
                    new Heard(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getPath(),
                            form(body),
                            headers));
            reply = script.isEmpty() ? new Reply(599, "nothing prepared") : script.poll();
        }
        if (reply.status() == Reply.SILENCE.status()) {
            awaitClose();
        } else if (reply.status() != 0) {
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static SortedMap<String, String> form(String body) {
        SortedMap<String, String> form = new TreeMap<>();
        for (String pair : body.split("&", -1)) {
            int end = pair.indexOf('=');
            if (end > 0) {
                form.put(
                        URLDecoder.decode(pair.substring(0, end), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(end + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }
}
