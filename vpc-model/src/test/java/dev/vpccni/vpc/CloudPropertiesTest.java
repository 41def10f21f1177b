package dev.vpccni.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.Ec2Request.UnassignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.NetworkRequest.CreateSubnetCidrReservation;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnet;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import dev.vpccni.vpc.state.BlockPool;
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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What holds after any sequence of calls, whatever each of them answered. */
class CloudPropertiesTest {

    private static final int CALLS = 60;

    @SeededTest(runs = 300)
    void addressesAreConserved(RandomGenerator random) {
        World world = anyWorld(random);
        List<InstanceId> instances =
                List.of(world.instance("t3.medium"), world.instance("hpc6id.32xlarge"));
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
        AddressChoice choice = Choose.of(random, AddressChoice.LOWEST, AddressChoice.SCATTERED);
        World world = new World(VpcSettings.of(random.nextLong(), latency).with(choice));
        world.subnet("us-west-2a", "10.42.16.0/28"); // soon full
        world.addIpv6(world.subnet("us-west-2a", "10.42.17.0/26"), 1); // with two prefixes
        world.addIpv6(world.subnetA, 2);
        return world;
    }

    private static void step(World world, List<InstanceId> instances, RandomGenerator random) {
        List<Eni> enis = world.contents().enis().values();
        Eni eni = enis.isEmpty() ? null : enis.get(random.nextInt(enis.size()));
        List<SubnetId> subnets = world.contents().subnets().keys();
        InterfaceId id = eni == null ? new InterfaceId("eni-none") : eni.id();
        Ec2Request<?> request =
                switch (random.nextInt(20)) {
                    case 0, 1, 2, 3 ->
                            new CreateNetworkInterface(
                                    Choose.of(random, "", "token" + random.nextInt(3)),
                                    subnets.get(random.nextInt(subnets.size())),
                                    "",
                                    List.of(),
                                    World.NO_TAGS,
                                    wanted(random, IpFamily.IPV4),
                                    random.nextInt(4) == 0
                                            ? wanted(random, IpFamily.IPV6)
                                            : WantedBlocks.NONE);
                    case 4, 5, 6 ->
                            new AttachNetworkInterface(
                                    id,
                                    instances.get(random.nextInt(instances.size())),
                                    random.nextInt(2),
                                    Choose.between(random, 0, 3));
                    case 7, 8 -> new DetachNetworkInterface(attachment(eni), false);
                    case 9 -> new DeleteNetworkInterface(id);
                    case 10, 11, 12 ->
                            new AssignPrivateIpAddresses(
                                    id, wanted(random, IpFamily.IPV4), random.nextBoolean());
                    case 13 -> new AssignIpv6Addresses(id, wanted(random, IpFamily.IPV6));
                    case 14, 15 ->
                            new UnassignPrivateIpAddresses(
                                    id,
                                    some(eni, held -> held.addresses().subList(1, 2)),
                                    some(eni, held -> held.prefixes().subList(0, 1)));
                    case 16 ->
                            new UnassignIpv6Addresses(
                                    id,
                                    some(eni, held -> held.ipv6Addresses().subList(0, 1)),
                                    some(eni, held -> held.ipv6Prefixes().subList(0, 1)));
                    case 17 ->
                            new CreateSubnetCidrReservation(
                                    world.subnetA,
                                    Ipv4Cidr.of(anyAddress(random), Choose.between(random, 25, 30)),
                                    Choose.of(random, CidrReservation.Kind.values()),
                                    "");
                    case 18 -> new DeleteSubnet(subnets.get(random.nextInt(subnets.size())));
                    default ->
                            random.nextInt(10) == 0
                                    ? new TerminateInstances(instances.getFirst())
                                    : DescribeNetworkInterfaces.where();
                };
        world.attempt(request);
        world.pass(Duration.ofMillis(Choose.between(random, 0, 10_000)));
    }

    /** Listed blocks are often somebody's, reserved, or of no subnet. */
    private static WantedBlocks wanted(RandomGenerator random, IpFamily family) {
        IpAddress any =
                family == IpFamily.IPV4
                        ? anyAddress(random)
                        : new Ipv6Address(
                                World.IPV6.network().high() | 1 + random.nextInt(2),
                                (long) random.nextInt(4) << 48 | random.nextInt(6));
        int bits = family == IpFamily.IPV4 ? 28 : 80;
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> WantedBlocks.anyAddresses(Choose.between(random, 0, 6));
            case 3, 4, 5 -> WantedBlocks.anyPrefixes(Choose.between(random, 0, 3));
            case 6 -> WantedBlocks.listed(List.of(any));
            default -> WantedBlocks.listedPrefixes(List.of(Cidr.of(any, bits)));
        };
    }

    private static void checkSubnets(World world) {
        var owned = new TreeSet<Cidr>();
        int blocks = 0;
        for (Eni eni : world.contents().enis().values()) {
            assertThat(world.contents().subnets().contains(eni.subnet())).isTrue();
            owned.addAll(eni.held().all());
            blocks += eni.held().all().size();
        }
        assertThat(owned).hasSize(blocks);
        Cidr before = null;
        for (Cidr block : owned) {
            assertThat(before == null || before.last().compareTo(block.network()) < 0)
                    .as("%s and %s", before, block)
                    .isTrue();
            before = block;
        }
        for (Subnet subnet : world.contents().subnets().values()) {
            checkSubnet(world, subnet);
        }
    }

    private static void checkSubnet(World world, Subnet subnet) {
        long used = 5;
        var spoken = new TreeSet<Ipv4Address>();
        for (Eni eni : world.contents().enis().values()) {
            if (eni.subnet().equals(subnet.id())) {
                for (Cidr block : eni.held().all()) {
                    BlockPool pool = Objects.requireNonNull(subnet.pool(block.family()));
                    assertThat(pool.cidr().contains(block)).isTrue();
                    assertThat(pool.isReserved(block)).isFalse();
                    assertThat(pool.isTaken(block)).isTrue();
                    assertThat(block.prefixLength()).isIn(28, 32, 80, 128);
                    if (block instanceof Ipv4Cidr four) {
                        used += four.size();
                        addAll(spoken, four);
                    }
                }
            }
        }
        addAll(spoken, Ipv4Cidr.of(subnet.cidr().network(), 30));
        spoken.add(subnet.cidr().last());
        for (CidrReservation reservation : subnet.reservations()) {
            if (reservation.kind() == CidrReservation.Kind.PREFIX) {
                addAll(spoken, reservation.cidr());
            }
        }
        assertThat(subnet.pool().available() + spoken.size()).isEqualTo((int) subnet.cidr().size());
        assertThat(used).isLessThanOrEqualTo(subnet.cidr().size());
    }

    private static void addAll(Set<Ipv4Address> all, Ipv4Cidr block) {
        for (int i = 0; i < block.size(); i++) {
            all.add(block.network().plus(i));
        }
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
                List.of(world.instance("t3.medium"), world.instance("hpc6id.32xlarge"));
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
            var devices = new ArrayList<String>();
            for (Eni eni : world.contents().enis().values()) {
                EniAttachment held = eni.heldBy(world.now());
                if (held != null && held.instance().equals(id)) {
                    devices.add(held.card() + "/" + held.device());
                    for (IpFamily family : IpFamily.values()) {
                        assertThat(eni.held().slots(family))
                                .isLessThanOrEqualTo(instance.type().addressesPerInterface());
                    }
                }
            }
            assertThat(devices)
                    .doesNotHaveDuplicates()
                    .hasSizeLessThanOrEqualTo(instance.type().allInterfaces());
        }
    }

    private static AttachmentId attachment(@Nullable Eni eni) {
        return eni == null || eni.attachment() == null
                ? new AttachmentId("eni-attach-none")
                : eni.attachment().id();
    }

    /** Returns what {@code which} finds of the interface, or nothing if it has too little. */
    private static <T> List<T> some(@Nullable Eni eni, Function<AddressBlocks, List<T>> which) {
        try {
            return eni == null ? List.of() : which.apply(eni.held());
        } catch (IndexOutOfBoundsException none) {
            return List.of();
        }
    }

    private static Ipv4Address anyAddress(RandomGenerator random) {
        return Ipv4Address.parse(Choose.of(random, "10.42.1.", "10.42.17.") + random.nextInt(256));
    }
}
