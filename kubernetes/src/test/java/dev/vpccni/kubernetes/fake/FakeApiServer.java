package dev.vpccni.kubernetes.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.vpccni.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An API server on the loopback: collections that can be listed, in chunks too, and watched, their
 * objects, and for single requests whatever a server in trouble does.
 */
public final class FakeApiServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Heard> heard = new ArrayList<>();
    private final Deque<Answer> script = new ArrayDeque<>();
    private final Map<String, Map<String, Map<String, Object>>> objects = new TreeMap<>();
    private final List<Event> history = new ArrayList<>();
    private long version = 100;
    private long forgotten;
    private int chunk = Integer.MAX_VALUE;
    private final Map<String, Integer> refused = new TreeMap<>();
    private Predicate<String> knows = _ -> true;
    private UnaryOperator<String> paths = path -> path;
    private int endings;
    private Writes writes = _ -> new Reply(201, "{}");
    private boolean closed;

    /** What a server does with one request. */
    public interface Answer {
        /** Answers, or does not. */
        void give(HttpExchange exchange) throws IOException, InterruptedException;
    }

    /** What a server does with requests that change something. */
    public interface Writes {
        /** Returns the answer. */
        Reply answer(Heard request);
    }

    /** An answer, with its status of HTTP. */
    public record Reply(int status, String body) {}

    /** A request as it came. */
    public record Heard(
            String method,
            String path,
            Map<String, String> query,
            String token,
            String type,
            String body) {
        /** Returns this for another path. */
        public Heard at(String other) {
            return new Heard(method, other, query, token, type, body);
        }

        /** Tells whether it is a watch. */
        public boolean isWatch() {
            return query.containsKey("watch");
        }
    }

    private record Event(long version, String path, String type, Map<String, Object> object) {}

    /** Starts one without TLS. */
    public FakeApiServer() throws IOException {
        this(HttpServer.create(loopback(), 0));
    }

    /** Starts one with the certificate of {@code tls}. */
    public FakeApiServer(SSLContext tls) throws IOException {
        this(secured(tls));
    }

    private FakeApiServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static HttpServer secured(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port();
    }

    /** Answers the next request so, whatever it is. */
    public synchronized FakeApiServer next(Answer answer) {
        script.add(answer);
        return this;
    }

    /** Has whatever changes something be answered so. */
    public synchronized void writes(Writes all) {
        writes = all;
    }

    /** Returns an object of the collection at {@code path}, or null. */
    public synchronized @Nullable Map<String, Object> find(String path, String name) {
        return all(path).values().stream()
                .filter(object -> name.equals(metadata(object).get("name")))
                .findFirst()
                .orElse(null);
    }

    /** Refuses whoever comes with another token. */
    public synchronized void admit(Predicate<String> tokens) {
        knows = tokens;
    }

    /** Refuses each request for a collection with that status; with 0 no more. */
    public synchronized void refuse(String path, int status) {
        refused.put(path, status);
    }

    /** Has requests be for another path than they name, such as for a collection of all kinds. */
    public synchronized void redirect(UnaryOperator<String> to) {
        paths = to;
    }

    /** Lists so many objects at a time. */
    public synchronized void chunksOf(int count) {
        chunk = count;
    }

    /** Creates or changes an object of the collection at {@code path}. */
    public synchronized void put(String path, Map<String, Object> object) {
        Map<String, Map<String, Object>> all = objects.computeIfAbsent(path, _ -> new TreeMap<>());
        String type = all.containsKey(key(object)) ? "MODIFIED" : "ADDED";
        note(path, type, object);
        all.put(key(object), object);
    }

    /** Removes an object. */
    public synchronized void delete(String path, Map<String, Object> object) {
        objects.getOrDefault(path, Map.of()).remove(key(object));
        note(path, "DELETED", object);
    }

    /** Tells watches of the present version only. */
    public synchronized void bookmark(String path) {
        note(path, "BOOKMARK", object("", "", Map.of(), Map.of()));
    }

    /** Forgets all changes so far: who starts from before has to list. */
    public synchronized void forget() {
        forgotten = version;
    }

    /** Ends all watches, as a server does after a while. */
    public synchronized void endWatches() {
        endings++;
        notifyAll();
    }

    public synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Returns an object of Kubernetes. */
    public static Map<String, Object> object(
            String namespace, String name, Map<String, ?> metadata, Map<String, ?> parts) {
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, Object> head = new LinkedHashMap<>(metadata);
        head.put("namespace", namespace);
        head.put("name", name);
        all.put("metadata", head);
        all.putAll(parts);
        return all;
    }

    private void note(String path, String type, Map<String, Object> object) {
        version++;
        Map<String, Object> metadata = new LinkedHashMap<>(metadata(object));
        metadata.put("resourceVersion", String.valueOf(version));
        object.put("metadata", metadata);
        history.add(new Event(version, path, type, new LinkedHashMap<>(object)));
        notifyAll();
    }

    @SuppressWarnings("unchecked") // made by object()
    private static Map<String, Object> metadata(Map<String, Object> object) {
        return (Map<String, Object>) object.get("metadata");
    }

    private static String key(Map<String, Object> object) {
        return metadata(object).get("namespace") + "/" + metadata(object).get("name");
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Heard request;
            Answer prepared;
            boolean known;
            int refusal;
            int until;
            Heard sent = request(exchange);
            synchronized (this) {
                request = sent.at(paths.apply(sent.path));
                heard.add(request);
                prepared = script.poll();
                known = knows.test(request.token);
                refusal = refused.getOrDefault(request.path, 0);
                until = endings;
            }
            if (!known) {
                refuse(exchange, 401, "Unauthorized");
            } else if (refusal != 0) {
                refuse(exchange, refusal, "refused");
            } else if (prepared != null) {
                prepared.give(exchange);
            } else if (request.isWatch()) {
                watch(exchange, request, until);
            } else if (request.method.equals("GET")) {
                get(exchange, request);
            } else {
                Reply reply = writes.answer(request);
                send(exchange, reply.status, reply.body);
            }
        } catch (IOException _) {
            // The client went away.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Heard request(HttpExchange exchange) throws IOException {
        Map<String, String> query = new TreeMap<>();
        String text = exchange.getRequestURI().getRawQuery();
        for (String pair : text == null ? new String[0] : text.split("&", -1)) {
            int end = pair.indexOf('=');
            query.put(
                    pair.substring(0, end),
                    URLDecoder.decode(pair.substring(end + 1), StandardCharsets.UTF_8));
        }
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Heard(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                query,
                token == null ? "" : token,
                type == null ? "" : type,
                body);
    }

    /** A path whose parent is a collection is an object's. */
    private void get(HttpExchange exchange, Heard request) throws IOException {
        int end = request.path.lastIndexOf('/');
        String parent = request.path.substring(0, end);
        boolean single;
        Map<String, Object> object;
        synchronized (this) {
            single = objects.containsKey(parent);
            object = find(parent, request.path.substring(end + 1));
        }
        if (!single) {
            list(exchange, request);
        } else if (object == null) {
            refuse(exchange, 404, request.path + " not found");
        } else {
            send(exchange, 200, Json.compact(object));
        }
    }

    private void list(HttpExchange exchange, Heard request) throws IOException {
        List<Object> items = new ArrayList<>();
        long at;
        int most;
        synchronized (this) {
            for (Map<String, Object> object : all(request.path).values()) {
                if (selected(request, object)) {
                    items.add(object);
                }
            }
            at = version;
            most = chunk;
        }
        int from = Integer.parseInt(request.query.getOrDefault("continue", "0"));
        int to = (int) Math.min(items.size(), (long) from + most);
        String next = to < items.size() ? String.valueOf(to) : "";
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", String.valueOf(at));
        metadata.put("continue", next);
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "List");
        list.put("metadata", metadata);
        list.put("items", items.subList(from, to));
        send(exchange, 200, Json.compact(list));
    }

    private Map<String, Map<String, Object>> all(String path) {
        return objects.getOrDefault(path, Map.of());
    }

    private void watch(HttpExchange exchange, Heard request, int until)
            throws IOException, InterruptedException {
        long seen = Long.parseLong(request.query.get("resourceVersion"));
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.flush();
        synchronized (this) {
            if (seen < forgotten) {
                out.write(event("ERROR", Map.of("code", 410, "message", "too old")));
                return;
            }
        }
        while (true) {
            List<Event> news = new ArrayList<>();
            synchronized (this) {
                long after = seen;
                history.stream()
                        .filter(event -> event.version > after)
                        .filter(event -> event.path.equals(request.path))
                        .forEach(news::add);
                if (news.isEmpty()) {
                    if (closed || endings != until) {
                        return;
                    }
                    wait();
                }
            }
            for (Event event : news) {
                seen = event.version;
                boolean in = selected(request, event.object);
                if (event.type.equals("BOOKMARK") || in) {
                    out.write(event(event.type, event.object));
                } else {
                    out.write(event("DELETED", event.object));
                }
                out.flush();
            }
        }
    }

    /** One line of a watch. */
    public static byte[] event(String type, Map<String, ?> object) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("object", object);
        return (Json.compact(event) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean selected(Heard request, Map<String, Object> object) {
        String selector = request.query.getOrDefault("fieldSelector", "");
        for (String term : selector.isEmpty() ? new String[0] : selector.split(",", -1)) {
            boolean not = term.contains("!=");
            String[] sides = term.split(not ? "!=" : "=", -1);
            Object value = object;
            for (String part : sides[0].split("\\.", -1)) {
                value = value instanceof Map<?, ?> members ? members.get(part) : null;
            }
            if (String.valueOf(value).equals(sides[1]) == not) {
                return false;
            }
        }
        return true;
    }

    /** Answers with an error in Kubernetes' form. */
    public static void refuse(HttpExchange exchange, int status, String message)
            throws IOException {
        send(
                exchange,
                status,
                Json.compact(
                        new TreeMap<>(
                                Map.of("kind", "Status", "code", status, "message", message))));
    }

    /** Answers with {@code text}. */
    public static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
