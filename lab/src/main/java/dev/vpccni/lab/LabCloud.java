package dev.vpccni.lab;

import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.emulator.fabric.Fabric;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Witness;
import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.PortListener;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Ec2Request.DescribeSubnets;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lab's cloud: the emulator, which says what there is, and the fabric, which carries packets
 * accordingly. EC2 is served at an endpoint in the VPC, metadata at its usual address: both only to
 * the nodes, not to this computer.
 */
final class LabCloud implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LabCloud.class);
    private static final String NODE = "node-";

    /** The machine that a cluster's control plane has to itself. */
    static final String CONTROL = "control";

    private static final int EC2_PORT = 80;
    private static final int FIRST_METADATA_PORT = 8000;

    private final NamespaceThread thread;
    private final Fabric fabric;
    private final Emulator emulator;
    private final LabTopology topology;
    private final List<SubnetId> subnets = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    private int instances;

    private LabCloud(
            NamespaceThread thread, Fabric fabric, Emulator emulator, LabTopology topology) {
        this.thread = thread;
        this.fabric = fabric;
        this.emulator = emulator;
        this.topology = topology;
    }

    /**
     * An instance that runs.
     *
     * @param zone such as {@code us-west-2a}
     * @param namespace the name of its network namespace
     */
    record Instance(InstanceId id, String zone, String namespace) {}

    /**
     * Starts a cloud with one VPC, its subnets, and servers around it.
     *
     * @param thread enters the namespaces
     */
    static LabCloud start(LabSettings settings, NamespaceThread thread) throws IOException {
        Fabric fabric =
                Fabric.create(
                        new FabricPlan(
                                namespacePrefix(settings.name()),
                                settings.topology().vpcBlocks(),
                                settings.topology().ipv6() ? LabTopology.IPV6 : null,
                                settings.topology().all(),
                                LabTopology.EDGE,
                                settings.egress()));
        var listen = new InetSocketAddress(fabric.plan().apiEndpoint().toString(), EC2_PORT);
        var emulatorSettings =
                EmulatorSettings.of(listen, settings.seed(), LatencyText.parse(settings.latency()));
        boolean done = false;
        try {
            Emulator emulator =
                    Emulator.start(
                            emulatorSettings,
                            creation -> thread.inside(router(fabric), creation::create));
            var cloud = new LabCloud(thread, fabric, emulator, settings.topology());
            cloud.createNetwork();
            cloud.startWitnesses();
            done = true;
            return cloud;
        } finally {
            if (!done) {
                fabric.close();
            }
        }
    }

    /** Returns what the names of a lab's namespaces begin with. */
    static String namespacePrefix(String lab) {
        return "vpccni-" + lab;
    }

    /**
     * Returns the names of those namespaces of a lab's cloud that there are. They are all that
     * begins with its prefix and ends as only a cloud's own names do: what else begins like them
     * may be of another lab, whose name begins with this one's, or anybody's.
     */
    static List<String> namespaces(String lab) throws IOException {
        String prefix = namespacePrefix(lab);
        List<String> own = Fabric.ownNamespaces(prefix);
        Pattern node =
                Pattern.compile(Pattern.quote(prefix) + "-(" + NODE + "\\d{1,3}|" + CONTROL + ")");
        return Namespaces.startingWith(prefix + "-").stream()
                .filter(name -> own.contains(name) || node.matcher(name).matches())
                .toList();
    }

    /** Returns the name of node {@code number}, which its namespace's name ends with. */
    static String nodeName(int number) {
        return NODE + number;
    }

    /** Starts an instance; zones take turns. */
    Instance runInstance(String name, InstanceType type) throws IOException {
        int zone = instances % topology.subnets().size();
        instances++;
        var started = emulator.apply(run(name, type, subnets.get(zone))).reply();
        InstanceId id = started.id();
        Port primary = emulator.cloud().ports(emulator.now()).get(started.primary().id());
        if (primary == null) {
            throw new IOException(id + " started without its primary interface");
        }
        String namespace = fabric.plan().name() + "-" + name;
        int metadataPort = FIRST_METADATA_PORT + instances;
        MetadataEndpoint _ =
                emulator.listenMetadata(
                        id,
                        new InetSocketAddress(FabricPlan.METADATA.toString(), metadataPort),
                        MetadataOptions.V2_ONLY);
        fabric.boot(namespace, primary, metadataPort);
        return new Instance(id, zone(zone), namespace);
    }

    /** Starts an instance again, on which nothing runs any more. */
    void reboot(Instance instance) throws IOException {
        fabric.reboot(instance.id());
    }

    /** Has others take what the lab is not to have of its subnets. */
    void useByOthers() throws IOException {
        if (topology.prefixesFree() == LabTopology.ALL_FREE) {
            return;
        }
        try {
            described().forEach(each -> OtherUse.leave(emulator, each, topology.prefixesFree()));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Returns the subnets as {@code lab subnets} prints them, those of nodes first. */
    List<Map<String, @Nullable Object>> subnets() {
        var all = new ArrayList<Map<String, @Nullable Object>>();
        for (SubnetDescription subnet : described()) {
            Ipv6Cidr six = subnet.ipv6Cidr();
            var one = new LinkedHashMap<String, @Nullable Object>();
            one.put("id", subnet.id().value());
            one.put("zone", subnet.zone());
            one.put("cidr", subnet.cidr().toString());
            one.put("ipv6Cidr", six == null ? null : six.toString());
            one.put("pods", all.size() >= topology.subnets().size());
            one.put("free", (long) subnet.availableAddresses());
            one.put("freePrefixes", (long) OtherUse.freePrefixes(emulator, subnet).size());
            all.add(one);
        }
        return all;
    }

    /**
     * Returns what stands for the cluster's objects on a node: pods are to be in the first of the
     * subnets for pods that lies in the node's zone.
     */
    Map<String, @Nullable Object> clusterOf(Instance instance) {
        var cluster = new LinkedHashMap<String, @Nullable Object>();
        described().stream()
                .skip(topology.subnets().size())
                .filter(subnet -> subnet.zone().equals(instance.zone()))
                .findFirst()
                .ifPresent(subnet -> {
                    var config = new LinkedHashMap<String, @Nullable Object>();
                    config.put("name", instance.zone());
                    config.put("subnet", subnet.id().value());
                    cluster.put("eniConfig", config);
                });
        return cluster;
    }

    private List<SubnetDescription> described() {
        var all = new ArrayList<SubnetDescription>();
        for (SubnetId id : subnets) {
            var request = new DescribeSubnets(List.of(id), List.of(), Page.ALL);
            all.addAll(emulator.apply(request).reply().subnets());
        }
        return all;
    }

    /** From now on devices and addresses follow what EC2 says. */
    void follow() {
        emulator.listen(
                new PortListener() {
                    @Override
                    public void plugged(Port port) {
                        carry();
                    }

                    @Override
                    public void changed(Port before, Port after) {
                        carry();
                    }

                    @Override
                    public void unplugged(Port port) {
                        carry();
                    }
                });
    }

    /** Returns the interfaces that hang on an instance now, by device. */
    List<Port> interfaces(InstanceId instance) {
        return emulator.cloud().ports(emulator.now()).values().stream()
                .filter(port -> port.instance().equals(instance))
                .sorted(Comparator.comparingInt(Port::card).thenComparingInt(Port::device))
                .toList();
    }

    /** Returns the address by which an instance is known. */
    Ipv4Address primaryAddress(Instance instance) {
        return interfaces(instance.id()).getFirst().held().addresses().getFirst();
    }

    Emulator emulator() {
        return emulator;
    }

    Fabric fabric() {
        return fabric;
    }

    /** Returns what a program on an instance needs to know to find EC2 and its region. */
    SortedMap<String, String> environment() {
        var variables = new TreeMap<String, String>();
        variables.put("AWS_ENDPOINT_URL_EC2", emulator.endpoint().toString());
        variables.put("AWS_REGION", emulator.cloud().settings().region());
        return variables;
    }

    @Override
    public void close() throws IOException {
        for (Witness witness : witnesses) {
            witness.close();
        }
        emulator.close();
        fabric.close();
    }

    private void carry() {
        SortedMap<InterfaceId, Port> ports = emulator.cloud().ports(emulator.now());
        try {
            fabric.carry(ports.values());
        } catch (IOException e) {
            LOG.error("The fabric does not follow EC2", e);
        }
    }

    private void createNetwork() {
        List<Ipv4Cidr> blocks = topology.vpcBlocks();
        VpcId vpc = emulator.apply(new CreateVpc(blocks, named(""))).reply().id();
        if (topology.ipv6()) {
            emulator.apply(new AssociateVpcCidrBlock(vpc, LabTopology.IPV6)).reply();
        }
        for (int i = 0; i < topology.subnets().size(); i++) {
            createSubnet(vpc, topology.subnets().get(i), zone(i), "-" + zone(i));
        }
        for (int i = 0; i < topology.podSubnets().size(); i++) {
            String zone = zone(i % topology.subnets().size());
            createSubnet(vpc, topology.podSubnets().get(i), zone, "-pods-" + zone);
        }
    }

    private void createSubnet(VpcId vpc, Ipv4Cidr cidr, String zone, String name) {
        Ipv6Cidr six = topology.ipv6() ? LabTopology.ipv6Of(subnets.size()) : null;
        var request = new CreateSubnet(vpc, zone, cidr, six, named(name));
        subnets.add(emulator.apply(request).reply().id());
    }

    private RunInstances run(String name, InstanceType type, SubnetId subnet) {
        var tags = new TreeMap<String, String>();
        tags.put("Name", name);
        var primary =
                new CreateNetworkInterface(
                        "",
                        subnet,
                        "",
                        List.of(),
                        new TreeMap<>(),
                        WantedBlocks.NONE,
                        topology.ipv6() ? WantedBlocks.anyAddresses(1) : WantedBlocks.NONE);
        return new RunInstances("", type, 1, primary, true, tags);
    }

    private SortedMap<String, String> named(String ending) {
        var tags = new TreeMap<String, String>();
        tags.put("Name", fabric.plan().name() + ending);
        return tags;
    }

    private void startWitnesses() throws IOException {
        for (String namespace : List.of(fabric.internet(), fabric.premises(), fabric.service())) {
            witnesses.add(Witness.start(thread, Namespaces.path(namespace)));
        }
    }

    private String zone(int index) {
        return emulator.cloud().settings().region() + (char) ('a' + index);
    }

    private static Path router(Fabric fabric) {
        return Namespaces.path(fabric.plan().routerNamespace());
    }
}
