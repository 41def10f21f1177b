package dev.vpccni.emulator.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vpccni.emulator.http.Binding;
import dev.vpccni.emulator.http.Http;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.emulator.state.CloudKeeper;
import dev.vpccni.model.InstanceId;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.fault.RequestLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EC2's Query API over HTTP, version 2016-11-15. Signatures are not checked; the access key id
 * tells who calls. Thread-safe.
 */
public final class Ec2Endpoint implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ec2Endpoint.class);
    private static final String VERSION = "2016-11-15";
    private static final int LONGEST_BODY = 1 << 20;
    private static final long LONGEST_READ = 64L << 20;
    private static final Pattern CREDENTIAL = Pattern.compile("Credential=([^/,]+)/");

    private final CloudKeeper keeper;
    private final CallCounts calls;
    private final HttpServer server;
    private final SplittableRandom chance;
    private final Object guard = new Object();
    private FaultTable faults = FaultTable.NONE;
    private @Nullable RequestLimits limits;

    private Ec2Endpoint(
            Binding binding, InetSocketAddress listen, CloudKeeper keeper, CallCounts calls)
            throws IOException {
        this.keeper = keeper;
        this.calls = calls;
        this.chance = new SplittableRandom(keeper.cloud().settings().seed());
        this.server = Http.serve(binding, listen, this::handle);
    }

    /**
     * Starts to serve.
     *
     * @throws IOException if the address cannot be bound
     */
    public static Ec2Endpoint start(
            Binding binding, InetSocketAddress listen, CloudKeeper keeper, CallCounts calls)
            throws IOException {
        return new Ec2Endpoint(binding, listen, keeper, calls);
    }

    /** Returns where it is served. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Returns the endpoint as {@code http://host:port}. */
    public URI uri() {
        return Http.uri(server);
    }

    /** Replaces what goes wrong from now on. */
    public void faults(FaultTable replacement) {
        synchronized (guard) {
            faults = replacement;
        }
    }

    /** Turns request limits on, with full buckets, or off. */
    public void throttling(boolean on) {
        synchronized (guard) {
            limits = on ? RequestLimits.full() : null;
        }
    }

    /** Stops serving; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String requestId = requestId();
        Outcome outcome;
        try {
            outcome = outcome(exchange);
        } catch (RuntimeException e) {
            LOG.error("{} failed: {}", requestId, exchange.getRequestURI(), e);
            outcome = refused(caller(exchange), "", Ec2Error.internal());
        }
        calls.add(Service.EC2, outcome.caller, outcome.action, outcome.failure());
        LOG.debug("{} {} {} {}", requestId, outcome.caller, outcome.action, outcome.answer);
        switch (outcome.answer) {
            case null -> {} // the connection is closed without an answer
            case Answer.Refused<?>(Ec2Error error) ->
                    send(exchange, error.status(), ReplyWriter.error(error, requestId), requestId);
            case Answer.Done<? extends Ec2Reply>(Ec2Reply reply) -> {
                var writer = new ReplyWriter(keeper.cloud().settings());
                send(exchange, 200, writer.write(outcome.action, reply, requestId), requestId);
            }
        }
    }

    private Outcome outcome(HttpExchange exchange) throws IOException {
        String caller = caller(exchange);
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            // Who is still sending when the connection is closed does not hear why.
            exchange.getRequestBody().skip(LONGEST_READ);
            return refused(caller, "", Ec2Error.tooLarge(LONGEST_BODY));
        }
        String query = exchange.getRequestURI().getRawQuery();
        boolean inQuery = exchange.getRequestMethod().equals("GET") && query != null;
        try {
            Parameters parameters = Parameters.parse(inQuery ? query : new String(body, UTF_8));
            return serve(parameters, caller);
        } catch (BadRequestException e) {
            return new Outcome(caller, "", new Answer.Refused<>(e.error()));
        }
    }

    private Outcome serve(Parameters parameters, String caller) throws BadRequestException {
        String action = parameters.get("Action", "");
        if (!parameters.get("Version", VERSION).equals(VERSION)) {
            String message =
                    "The requested version is not supported: " + parameters.find("Version");
            return refused(caller, action, Ec2Error.of("NoSuchVersion", message));
        }
        if (!Ec2RequestReader.knows(action)) {
            return refused(caller, action, Ec2RequestReader.invalidAction(action));
        }
        if (!takeFromLimits(action, parameters)) {
            return refused(caller, action, Ec2Error.throttled());
        }
        Ec2Request<?> request;
        try {
            parameters.checkCharacters();
            request = Ec2RequestReader.read(parameters);
        } catch (BadRequestException e) {
            return refused(caller, action, e.error());
        }
        Effect effect = drawFault(action, caller);
        if (effect instanceof Effect.LoseRequest) {
            return new Outcome(caller, action, null);
        }
        pause(latency(action));
        if (effect instanceof Effect.Fail(Ec2Error error)) {
            return refused(caller, action, error);
        }
        if (parameters.bool("DryRun", false)) {
            return refused(
                    caller,
                    action,
                    new Ec2Error(
                            "DryRunOperation",
                            "Request would have succeeded, but DryRun flag is set.",
                            412));
        }
        Answer<? extends Ec2Reply> answer = keeper.apply(request);
        awaitFollowers();
        return switch (effect) {
            case Effect.LoseAnswer() -> new Outcome(caller, action, null);
            case Effect.Delay(Duration duration) -> {
                pause(duration);
                yield new Outcome(caller, action, answer);
            }
            case null, default -> new Outcome(caller, action, answer);
        };
    }

    /** Whoever hears of a change finds that packets follow it. */
    private void awaitFollowers() {
        try {
            keeper.settle();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean takeFromLimits(String action, Parameters parameters) {
        boolean narrowed =
                parameters.has("Filter")
                        || parameters.has("MaxResults")
                        || parameters.has("NetworkInterfaceId")
                        || parameters.has("InstanceId");
        synchronized (guard) {
            if (limits == null) {
                return true;
            }
            RequestLimits.Taken taken = limits.take(action, narrowed, keeper.now());
            limits = taken.after();
            return taken.accepted();
        }
    }

    private @Nullable Effect drawFault(String action, String caller) {
        synchronized (guard) {
            FaultTable.Drawn drawn = faults.draw(action, caller);
            faults = drawn.after();
            return drawn.effect();
        }
    }

    private Duration latency(String action) {
        synchronized (guard) {
            return keeper.cloud().settings().latency().call(action).at(chance.nextLong());
        }
    }

    private String requestId() {
        synchronized (guard) {
            return new UUID(chance.nextLong(), chance.nextLong()).toString();
        }
    }

    /** Names the instance whose credentials signed the request, or else the access key id. */
    private String caller(HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Matcher credential = CREDENTIAL.matcher(authorization == null ? "" : authorization);
        if (!credential.find()) {
            return "anonymous";
        }
        String key = credential.group(1);
        InstanceId instance = Naming.instanceOf(key);
        Cloud cloud = keeper.cloud();
        return instance != null && cloud.has(instance) ? instance.value() : key;
    }

    private static Outcome refused(String caller, String action, Ec2Error error) {
        return new Outcome(caller, action, new Answer.Refused<>(error));
    }

    private static void send(HttpExchange exchange, int status, String xml, String requestId)
            throws IOException {
        byte[] body = xml.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml;charset=UTF-8");
        exchange.getResponseHeaders().set("x-amzn-requestid", requestId);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * How a request ended.
     *
     * @param answer null if the connection breaks instead
     */
    private record Outcome(
            String caller, String action, @Nullable Answer<? extends Ec2Reply> answer) {

        @Nullable String failure() {
            return switch (answer) {
                case null -> CallCounts.NO_ANSWER;
                case Answer.Refused<?>(Ec2Error error) -> error.code();
                case Answer.Done<?> _ -> null;
            };
        }
    }
}
