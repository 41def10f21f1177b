package dev.vpccni.emulator;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** An emulator with a subnet and an instance, and a client that speaks plain HTTP. */
final class SmallCloud implements AutoCloseable {

    static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Emulator emulator;
    final VpcId vpc;
    final SubnetId subnet;
    final InstanceId instance;
    private final HttpClient client = HttpClient.newHttpClient();

    SmallCloud(Latency latency) throws IOException {
        this(latency, 7);
    }

    SmallCloud(Latency latency, long seed) throws IOException {
        emulator = Emulator.start(EmulatorSettings.of(ANY_PORT, seed, latency));
        vpc =
                emulator.apply(
                                new CreateVpc(
                                        List.of(Ipv4Cidr.parse("10.42.0.0/16")), new TreeMap<>()))
                        .reply()
                        .id();
        subnet =
                emulator.apply(
                                new CreateSubnet(
                                        vpc,
                                        "us-west-2a",
                                        Ipv4Cidr.parse("10.42.1.0/24"),
                                        new TreeMap<>()))
                        .reply()
                        .id();
        instance = emulator.runInstance(type("m5.large"), subnet, "node1").id();
    }

    /** Sends a request of {@link #instance}'s, in any form. */
    HttpResponse<String> post(String form) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(emulator.endpoint())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header(
                                "Authorization",
                                "AWS4-HMAC-SHA256 Credential="
                                        + Naming.accessKeyId(instance)
                                        + "/20260115/us-west-2/ec2/aws4_request, Signature=x")
                        .POST(BodyPublishers.ofString(form)));
    }

    HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri).GET();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> put(URI uri, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri).PUT(BodyPublishers.noBody());
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    static InstanceType type(String name) {
        return Objects.requireNonNull(InstanceTypes.known().find(name));
    }

    @Override
    public void close() {
        client.close();
        emulator.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }
}
