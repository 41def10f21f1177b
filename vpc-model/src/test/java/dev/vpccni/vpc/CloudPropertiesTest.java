package dev.vpccni.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Subnet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What holds after any sequence of calls, whatever each of them answered. */
class CloudPropertiesTest {

    private static final int CALLS = 60;

    @SeededTest(runs = 300)
    void addressesAreConserved(RandomGenerator random) {
        World world = anyWorld(random);
        List<InstanceId> instances =
                List.of(world.instance("t3.medium"), world.instance("c5.large"));
        for (int i = 0; i < CALLS; i++) {
            step(world, instances, random);
            checkSubnets(world);
            checkInstances(world, instances);
            checkIndexes(world.contents());
        }
    }

    @SeededTest(runs = 50)
    void theSameSeedAndCallsGiveTheSameCloud(RandomGenerator random) {
        long seed = random.nextLong();
        var results = new ArrayList<String>();
        for (int run = 0; run < 2; run++) {
            World world = new World(VpcSettings.of(seed, Latency.AWS_LIKE));
            InstanceId instance = world.instance("m5.large");
            EniDescription eni = world.eni(world.subnetA, 5);
            world.attach(eni.id(), instance, 1);
            world.call(new UnassignPrivateIpAddresses(eni.id(), eni.secondaryAddresses()));
            results.add(world.contents().enis().values().toString());
        }
        assertThat(results.get(0)).isEqualTo(results.get(1));
    }

    private static World anyWorld(RandomGenerator random) {
        Latency latency = Choose.of(random, Latency.INSTANT, Latency.AWS_LIKE);
        World world = new World(VpcSettings.of(random.nextLong(), latency));
        world.subnet("us-west-2a", "10.42.16.0/28"); // soon full
        return world;
    }

    private static void step(World world, List<InstanceId> instances, RandomGenerator random) {
        List<Eni> enis = world.contents().enis().values();
        Eni eni = enis.isEmpty() ? null : enis.get(random.nextInt(enis.size()));
        List<SubnetId> subnets = world.contents().subnets().keys();
        InterfaceId id = eni == null ? new InterfaceId("eni-none") : eni.id();
        Ec2Request<?> request =
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 ->
                            new CreateNetworkInterface(
                                    Choose.of(random, "", "token" + random.nextInt(3)),
                                    subnets.get(random.nextInt(subnets.size())),
                                    "",
                                    List.of(),
                                    World.NO_TAGS,
                                    Choose.between(random, 0, 6));
                    case 4, 5, 6 ->
                            new AttachNetworkInterface(
                                    id,
                                    instances.get(random.nextInt(instances.size())),
                                    0,
                                    Choose.between(random, 0, 3));
                    case 7, 8 -> new DetachNetworkInterface(attachment(eni), false);
                    case 9 -> new DeleteNetworkInterface(id);
                    case 10, 11 -> new AssignPrivateIpAddresses(id, Choose.between(random, 0, 12));
                    case 12 ->
                            new AssignPrivateIpAddresses(
                                    id, List.of(anyAddress(random)), 0, random.nextBoolean());
                    case 13, 14 ->
                            new UnassignPrivateIpAddresses(id, eni == null ? List.of() : some(eni));
                    default ->
                            random.nextInt(10) == 0
                                    ? new TerminateInstances(instances.getFirst())
                                    : DescribeNetworkInterfaces.where();
                };
        world.attempt(request);
        world.pass(Duration.ofMillis(Choose.between(random, 0, 10_000)));
    }

    private static void checkSubnets(World world) {
        var owned = new ArrayList<Ipv4Address>();
        for (Subnet subnet : world.contents().subnets().values()) {
            int used = 0;
            for (Eni eni : world.contents().enis().values()) {
                if (eni.subnet().equals(subnet.id())) {
                    used += eni.addresses().size();
                    assertThat(eni.addresses())
                            .allMatch(address -> subnet.cidr().contains(address))
                            .noneMatch(address -> subnet.pool().isReserved(address));
                    owned.addAll(eni.addresses());
                }
            }
            assertThat(subnet.pool().available() + used + 5).isEqualTo((int) subnet.cidr().size());
        }
        assertThat(owned).doesNotHaveDuplicates();
    }

    /** What is kept beside the interfaces, so that finding one needs no look at all of them. */
    private static void checkIndexes(Contents contents) {
        var attachments = new TreeMap<AttachmentId, InterfaceId>();
        var attached = new TreeMap<InstanceId, Set<InterfaceId>>();
        var macs = new TreeMap<MacAddress, InterfaceId>();
        for (Eni eni : contents.enis().values()) {
            macs.put(eni.mac(), eni.id());
            EniAttachment attachment = eni.attachment();
            if (attachment != null) {
                attachments.put(attachment.id(), eni.id());
                attached.computeIfAbsent(attachment.instance(), _ -> new TreeSet<>()).add(eni.id());
            }
        }
        assertThat(contents.macs().keys()).containsExactlyElementsOf(macs.keySet());
        assertThat(contents.macs().values()).containsExactlyElementsOf(macs.values());
        assertThat(contents.attachments().keys()).containsExactlyElementsOf(attachments.keySet());
        assertThat(contents.attachments().values()).containsExactlyElementsOf(attachments.values());
        assertThat(contents.attached().keys()).containsExactlyElementsOf(attached.keySet());
        attached.forEach((instance, ids) ->
                assertThat(contents.attached().get(instance))
                        .containsExactlyInAnyOrderElementsOf(ids));
    }

    /** Whoever looks only when the version is another one misses no change. */
    @SeededTest(runs = 200)
    void devicesChangeWithTheirVersionOrAtTheTimeThatIsTold(RandomGenerator random) {
        World world = anyWorld(random);
        List<InstanceId> instances =
                List.of(world.instance("t3.medium"), world.instance("c5.large"));
        for (int i = 0; i < CALLS; i++) {
            Cloud before = world.cloud();
            var ports = before.ports(world.now());
            Instant next = before.nextPortChange(world.now());
            step(world, instances, random);
            if (world.cloud().devicesVersion() == before.devicesVersion()
                    && (next == null || world.now().isBefore(next))) {
                assertThat(world.cloud().ports(world.now())).isEqualTo(ports);
            }
        }
    }

    private static void checkInstances(World world, List<InstanceId> instances) {
        for (InstanceId id : instances) {
            Ec2Instance instance = Objects.requireNonNull(world.contents().instances().get(id));
            var devices = new ArrayList<Integer>();
            for (Eni eni : world.contents().enis().values()) {
                EniAttachment held = eni.heldBy(world.now());
                if (held != null && held.instance().equals(id)) {
                    devices.add(held.device());
                    assertThat(eni.addresses())
                            .hasSizeLessThanOrEqualTo(instance.type().addressesPerInterface());
                }
            }
            assertThat(devices)
                    .doesNotHaveDuplicates()
                    .hasSizeLessThanOrEqualTo(instance.type().maxInterfaces());
        }
    }

    private static AttachmentId attachment(@Nullable Eni eni) {
        return eni == null || eni.attachment() == null
                ? new AttachmentId("eni-attach-none")
                : eni.attachment().id();
    }

    private static List<Ipv4Address> some(Eni eni) {
        return eni.addresses().stream().skip(1).limit(2).toList();
    }

    private static Ipv4Address anyAddress(RandomGenerator random) {
        return Ipv4Address.parse("10.42.1." + random.nextInt(256));
    }
}
