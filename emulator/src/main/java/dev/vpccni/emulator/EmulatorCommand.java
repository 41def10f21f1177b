package dev.vpccni.emulator;

import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.PortListener;
import dev.vpccni.json.Json;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Request;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code vpc-cni emulator}: a small VPC to point SDKs at, without packets and without root. */
public final class EmulatorCommand {

    private static final Ipv4Cidr VPC = Ipv4Cidr.parse("192.168.0.0/16");
    private static final List<Ipv4Cidr> SUBNETS =
            List.of(Ipv4Cidr.parse("192.168.0.0/19"), Ipv4Cidr.parse("192.168.32.0/19"));
    private static final String ZONES = "ab";

    private static final Logger LOG = LoggerFactory.getLogger(EmulatorCommand.class);

    private EmulatorCommand() {}

    /**
     * Serves until the thread is interrupted. Prints one line of JSON when it serves.
     *
     * @throws IOException if an address cannot be bound
     */
    public static void run(EmulatorOptions options, PrintStream out) throws IOException {
        try (Emulator _ = start(options, out)) {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Starts to serve a VPC with two zones, a subnet in each, and instances in turns, and prints
     * one line of JSON: {@code {"ec2","region","vpc","subnets":[{"id","zone","cidr"}],
     * "instances":[{"id","name","type","zone","mac","metadata"}]}}. Of each instance that EC2 is
     * asked to start later a line follows, {@code {"id","mac","metadata"}}, before EC2 answers.
     *
     * @throws IOException if an address cannot be bound; then nothing is served
     */
    public static Emulator start(EmulatorOptions options, PrintStream out) throws IOException {
        Emulator emulator = Emulator.start(options.settings());
        try {
            out.println(Json.compact(setUp(emulator, options)));
            out.flush();
            emulator.listen(new LaterInstances(emulator, options, out));
            return emulator;
        } catch (IOException | RuntimeException e) {
            emulator.close();
            throw e;
        }
    }

    private static Map<String, Object> setUp(Emulator emulator, EmulatorOptions options)
            throws IOException {
        SortedMap<String, String> none = new TreeMap<>();
        String region = emulator.cloud().settings().region();
        VpcId vpc = emulator.apply(new Ec2Request.CreateVpc(List.of(VPC), none)).reply().id();
        var subnets = new ArrayList<SubnetId>();
        var subnetLines = new ArrayList<Object>();
        for (int i = 0; i < SUBNETS.size(); i++) {
            String zone = region + ZONES.charAt(i);
            Ipv4Cidr cidr = SUBNETS.get(i);
            SubnetId id =
                    emulator.apply(new Ec2Request.CreateSubnet(vpc, zone, cidr, none)).reply().id();
            subnets.add(id);
            subnetLines.add(line("id", id, "zone", zone, "cidr", cidr));
        }
        var instanceLines = new ArrayList<Object>();
        for (int i = 0; i < options.instances(); i++) {
            instanceLines.add(
                    instance(emulator, options, subnets.get(i % subnets.size()), "node" + (i + 1)));
        }
        var all = line("ec2", emulator.endpoint(), "region", region, "vpc", vpc);
        all.put("subnets", subnetLines);
        all.put("instances", instanceLines);
        return all;
    }

    private static Map<String, Object> instance(
            Emulator emulator, EmulatorOptions options, SubnetId subnet, String name)
            throws IOException {
        var started = emulator.runInstance(options.type(), subnet, name);
        InstanceId id = started.id();
        var listen = new InetSocketAddress(options.listen().getAddress(), 0);
        MetadataEndpoint metadata = emulator.listenMetadata(id, listen, MetadataOptions.V2_ONLY);
        return line(
                "id",
                id,
                "name",
                name,
                "type",
                options.type().name(),
                "zone",
                started.primary().zone(),
                "mac",
                started.primary().mac(),
                "metadata",
                metadata.uri());
    }

    private static Map<String, Object> line(Object... keysAndValues) {
        var line = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            line.put(keysAndValues[i].toString(), keysAndValues[i + 1].toString());
        }
        return line;
    }

    /** Serves the metadata of instances that are started by EC2 requests, and says where. */
    private record LaterInstances(Emulator emulator, EmulatorOptions options, PrintStream out)
            implements PortListener {

        @Override
        public void plugged(Port port) {
            boolean primary = port.card() == 0 && port.device() == 0;
            if (!primary || emulator.servesMetadata(port.instance())) {
                return;
            }
            try {
                var listen = new InetSocketAddress(options.listen().getAddress(), 0);
                MetadataEndpoint metadata =
                        emulator.listenMetadata(port.instance(), listen, MetadataOptions.V2_ONLY);
                out.println(
                        Json.compact(
                                line(
                                        "id",
                                        port.instance(),
                                        "mac",
                                        port.mac(),
                                        "metadata",
                                        metadata.uri())));
                out.flush();
            } catch (IOException e) {
                LOG.error("{} has no metadata service", port.instance(), e);
            }
        }

        @Override
        public void changed(Port before, Port after) {
            // Its metadata is computed when it is asked for.
        }

        @Override
        public void unplugged(Port port) {
            if (port.card() == 0 && port.device() == 0) {
                emulator.closeMetadata(port.instance());
            }
        }
    }
}
