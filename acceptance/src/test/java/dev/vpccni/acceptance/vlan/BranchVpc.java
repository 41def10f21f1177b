package dev.vpccni.acceptance.vlan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.PortListener;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.api.TrunkRequest.DescribeTrunkInterfaceAssociations;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An emulated EC2 with one instance, which is the network namespace that this process is in, and
 * the VPC behind it: a namespace that has for each branch what EC2 says of it, and passes nothing
 * that another interface has sent.
 */
final class BranchVpc {

    private static final String VPC = "vpc";

    /** Somewhere in the internet. */
    static final String OUTSIDE = "203.0.113.10";

    private static final String ROUTER = "10.0.0.1";

    final Emulator emulator;
    final InstanceId instance;
    final MetadataEndpoint metadata;
    private final VpcId vpc;
    private final SortedMap<Integer, String> branches = new TreeMap<>();
    private int carried;

    private BranchVpc(Emulator emulator) throws IOException {
        this.emulator = emulator;
        vpc =
                made(new Ec2Request.CreateVpc(
                                List.of(Ipv4Cidr.parse("10.0.0.0/16")), new TreeMap<>()))
                        .id();
        SubnetId subnet =
                made(new Ec2Request.CreateSubnet(
                                vpc, "us-west-2a", Ipv4Cidr.parse("10.0.0.0/24"), new TreeMap<>()))
                        .id();
        var type = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        instance = emulator.runInstance(type, subnet, "node-1").id();
        metadata = emulator.listenMetadata(instance, any(), MetadataOptions.V2_ONLY);
    }

    /** Starts all of it. */
    static BranchVpc start() throws Exception {
        assertThat(ip("-o link").lines())
                .as("the links of a namespace that is this test's alone")
                .allMatch(line -> line.contains(" lo:"));
        var emulator =
                Emulator.start(
                        new EmulatorSettings(
                                any(), VpcSettings.of(1, Latency.INSTANT), InstantSource.system()));
        var made = new BranchVpc(emulator);
        made.makeNetwork();
        emulator.listen(new Plugs());
        emulator.settle();
        made.bringUp();
        return made;
    }

    private static InetSocketAddress any() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private void makeNetwork() throws Exception {
        ip("link set lo up");
        ip("netns add " + VPC);
        fabric("ip link set lo up");
        fabric("ip addr add " + OUTSIDE + "/32 dev lo");
        fabric("ip addr add " + ROUTER + "/32 dev lo");
        for (String setting :
                List.of(
                        "net.ipv4.ip_forward=1",
                        "net.ipv4.conf.all.rp_filter=0",
                        "net.ipv4.conf.default.rp_filter=0",
                        "net.ipv4.conf.default.proxy_arp=1")) {
            fabric("sysctl -q -w " + setting);
        }
    }

    private void bringUp() throws Exception {
        Port primary = Objects.requireNonNull(ports().getFirst());
        ip("addr add " + primary.addresses().getFirst() + "/24 dev " + device(primary));
        ip("link set " + device(primary) + " up");
        ip("route add default via " + ROUTER + " dev " + device(primary));
        run("sysctl -q -w net.ipv4.ip_forward=1");
        // By which a kubelet says which iptables speaks to the packet filter that is in use.
        run("iptables-legacy -t mangle -N KUBE-IPTABLES-HINT");
    }

    private List<Port> ports() {
        return emulator.cloud().ports(emulator.now()).values().stream()
                .filter(port -> port.instance().equals(instance))
                .toList();
    }

    private static String device(Port port) {
        return "ens" + (5 + port.device());
    }

    /** What EC2 attaches is there; where its packets go is known without asking. */
    private static final class Plugs implements PortListener {

        @Override
        public void plugged(Port port) {
            try {
                String there = "port" + port.device();
                ip(
                        "link add "
                                + device(port)
                                + " address "
                                + port.mac()
                                + " type veth peer name "
                                + there
                                + " netns "
                                + VPC);
                accept(there, port.addresses().getFirst().toString());
                fabric("ip link set " + there + " up");
                route(port.addresses().getFirst().toString(), port.mac().toString(), there);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void changed(Port before, Port after) {
            // Pods with addresses of the node's interfaces are not what is looked at.
        }

        @Override
        public void unplugged(Port port) {
            // The node keeps what it has.
        }
    }

    /**
     * Passes what comes from an address only: the source/destination check. What others ask for by
     * ARP is answered, as a VPC does.
     */
    private static void accept(String port, String address) throws Exception {
        String rule = " PREROUTING -i " + port + " ! -s " + address + " -j DROP";
        fabric("iptables-legacy -w -t mangle -A" + rule);
    }

    private static void route(String address, String mac, String port) throws Exception {
        fabric("ip route replace " + address + "/32 dev " + port);
        fabric(
                "ip neigh replace "
                        + address
                        + " lladdr "
                        + mac
                        + " dev "
                        + port
                        + " nud permanent");
    }

    /** Has the VPC know a branch by what EC2 says of it, and not by what a pod was told. */
    TrunkAssociation carry(String eni) throws Exception {
        TrunkAssociation association =
                made(new DescribeTrunkInterfaceAssociations(List.of(), List.of(), Page.ALL))
                        .associations()
                        .stream()
                        .filter(one -> one.branch().value().equals(eni))
                        .findFirst()
                        .orElseThrow();
        EniDescription trunk = find(association.trunk().value());
        EniDescription branch = find(eni);
        int device = Objects.requireNonNull(trunk.attachment()).device();
        String before = branches.get(association.vlan());
        if (before != null) {
            fabric("ip link del " + before);
        }
        String port = "branch" + carried++;
        branches.put(association.vlan(), port);
        fabric(
                "ip link add link port"
                        + device
                        + " name "
                        + port
                        + " type vlan id "
                        + association.vlan());
        accept(port, branch.primaryAddress().toString());
        fabric("ip link set " + port + " up");
        route(branch.primaryAddress().toString(), branch.mac().toString(), port);
        return association;
    }

    /** Returns an interface as EC2 describes it. */
    EniDescription find(String eni) {
        return interfaces().stream()
                .filter(one -> one.id().value().equals(eni))
                .findFirst()
                .orElseThrow();
    }

    /** Returns all interfaces as EC2 describes them. */
    List<EniDescription> interfaces() {
        return made(Ec2Request.DescribeNetworkInterfaces.where()).enis();
    }

    SecurityGroupId makeGroup(String name) {
        return made(new Ec2Request.CreateSecurityGroup(vpc, name)).id();
    }

    private <R extends Ec2Reply> R made(Ec2Request<R> request) {
        return emulator.apply(request).reply();
    }

    /** Tells whether somebody in the VPC hears an answer of an address. */
    static boolean reaches(String address) throws Exception {
        return Ended.of(
                                new ProcessBuilder(
                                        "ip", "netns", "exec", VPC, "ping", "-q", "-c", "1", "-i",
                                        "0.2", "-w", "20", address))
                        .status()
                == 0;
    }

    private static void fabric(String words) throws Exception {
        run("ip netns exec " + VPC + " " + words);
    }

    /** Runs ip(8), which must succeed, and returns what it prints. */
    static String ip(String words) throws Exception {
        return run("ip " + words);
    }

    /** Runs a program, which must succeed, and returns what it prints. */
    static String run(String words) throws Exception {
        Ended ended = Ended.of(new ProcessBuilder(words.split(" ")));
        assertThat(ended.status()).as("%s: %s", words, ended).isZero();
        return ended.out();
    }

    /** Removes all of it. */
    void close() throws Exception {
        emulator.close();
        ip("netns del " + VPC);
    }
}
