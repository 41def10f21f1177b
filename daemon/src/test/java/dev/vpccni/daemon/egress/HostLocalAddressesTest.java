package dev.vpccni.daemon.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.linux.FileLock;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.EgressAddresses.Owner;
import dev.vpccni.node.port.EgressAddresses.Pool;
import dev.vpccni.node.port.EgressAddresses.Reservation;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostLocalAddressesTest {

    private static final Owner ONE = new Owner("c1", "eth0");
    private static final Owner TWO = new Owner("c2", "eth0");

    private final HostLocalAddresses addresses = new HostLocalAddresses(new TestTempo(true));

    @TempDir private Path data = Path.of("");

    @Test
    void writesWhatHostLocalWould() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        assertThat(reserve(pool, ONE)).isEqualTo(reservation("169.254.172.2", false));
        assertThat(Files.readString(pool.folder().resolve("169.254.172.2")))
                .isEqualTo("c1\r\neth0");
        assertThat(Files.readString(pool.folder().resolve("last_reserved_ip.0")))
                .isEqualTo("169.254.172.2");
        assertThat(names(pool))
                .containsExactlyInAnyOrder("169.254.172.2", "last_reserved_ip.0", "lock");
    }

    @Test
    void theSameContainerHasTheSameAddressUntilItIsReleased() throws Exception {
        Pool pool = pool(EgressFamily.IPV6.block());
        assertThat(reserve(pool, ONE)).isEqualTo(reservation("fd00::ac:2", false));
        assertThat(reserve(pool, ONE)).isEqualTo(reservation("fd00::ac:2", true));
        assertThat(addresses.find(pool, ONE)).hasToString("fd00::ac:2");
        addresses.release(pool, IpAddress.parse("fd00::ac:2"));
        addresses.release(pool, IpAddress.parse("fd00::ac:2"));
        assertThat(addresses.find(pool, ONE)).isNull();
        assertThat(reserve(pool, ONE)).isEqualTo(reservation("fd00::ac:3", false));
    }

    /** What the kernel leads to is not handed out, whoever lost the folder. */
    @Test
    void whatIsBusyIsNotHandedOut() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        var busy = Set.of(IpAddress.parse("169.254.172.2"), IpAddress.parse("169.254.172.3"));
        assertThat(addresses.reserve(pool, ONE, busy))
                .isEqualTo(reservation("169.254.172.4", false));
    }

    @Test
    void whenAllAreInUseThereIsNone() throws Exception {
        Pool pool = pool(Cidr.parse("169.254.172.0/29"));
        for (int i = 0; i < 5; i++) {
            assertThat(reserve(pool, new Owner("c" + i, "eth0"))).isNotNull();
        }
        assertThat(reserve(pool, new Owner("c5", "eth0"))).isNull();
        addresses.release(pool, IpAddress.parse("169.254.172.4"));
        assertThat(reserve(pool, new Owner("c5", "eth0")))
                .isEqualTo(reservation("169.254.172.4", false));
    }

    @Test
    void aFolderThatIsNotThereHoldsNothing() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        assertThat(addresses.all(pool)).isEmpty();
        addresses.release(pool, IpAddress.parse("169.254.172.2"));
        assertThat(data).isEmptyDirectory();
    }

    /** Old releases wrote no interface; a crash of theirs leaves an empty file. */
    @Test
    void oldAndEmptyRecordsCount() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        Files.createDirectories(pool.folder());
        Files.writeString(pool.folder().resolve("169.254.172.2"), "c1\n");
        Files.writeString(pool.folder().resolve("169.254.172.3"), "");
        Files.writeString(pool.folder().resolve("notes"), "c2\r\neth0");
        Files.createDirectories(pool.folder().resolve("169.254.172.9"));

        assertThat(addresses.all(pool).values())
                .containsExactly(new Owner("c1", ""), new Owner("", ""));
        assertThat(reserve(pool, ONE)).isEqualTo(reservation("169.254.172.2", true));
        assertThat(reserve(pool, TWO)).isEqualTo(reservation("169.254.172.4", false));
    }

    @Test
    void aDraftThatACrashLeftIsNoAddress() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        Files.createDirectories(pool.folder());
        Files.writeString(pool.folder().resolve(".draft"), "c1\r\neth0 and much more of it");
        assertThat(addresses.all(pool)).isEmpty();
        assertThat(reserve(pool, TWO)).isEqualTo(reservation("169.254.172.2", false));
        assertThat(Files.readString(pool.folder().resolve("169.254.172.2")))
                .isEqualTo("c2\r\neth0");
    }

    @Test
    void whoeverKeepsTheLockIsNotWaitedForWithoutEnd() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        var impatient = new HostLocalAddresses(new TestTempo(false));
        impatient.reserve(pool, ONE, Set.of());
        try (FileLock held = FileLock.take(pool.folder().resolve("lock"))) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> impatient.reserve(pool, TWO, Set.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("lock for 10 s");
        }
        assertThat(impatient.reserve(pool, TWO, Set.of())).isNotNull();
    }

    /** Whatever is asked in whatever order, it is as a map from addresses to owners would be. */
    @SeededTest
    void isAMapOfAddresses(RandomGenerator random) throws Exception {
        Pool pool =
                new Pool(data.resolve(Long.toHexString(random.nextLong())), range("10.9.8.0/29"));
        SortedMap<IpAddress, Owner> model = new TreeMap<>();
        for (int step = 0; step < 8; step++) {
            var owner = new Owner("c" + random.nextInt(7), Choose.of(random, "eth0", "net1"));
            IpAddress known = find(model, owner);
            if (random.nextInt(3) == 0) {
                IpAddress gone = known == null ? IpAddress.parse("10.9.8.6") : known;
                addresses.release(pool, gone);
                model.remove(gone);
            } else {
                Reservation reserved = reserve(pool, owner);
                if (reserved == null) {
                    assertThat(model).hasSize(5).doesNotContainValue(owner);
                } else {
                    assertThat(reserved.again()).isEqualTo(known != null);
                    IpAddress before = model.put(reserved.address(), owner) == null ? null : known;
                    assertThat(before == null || before.equals(reserved.address())).isTrue();
                    assertThat(known == null || known.equals(reserved.address())).isTrue();
                }
            }
        }
        assertThat(addresses.all(pool)).isEqualTo(model);
    }

    @ParameterizedTest
    @EnumSource
    void hostLocalTakesItOverAndGivesItBack(EgressFamily family) throws Exception {
        Pool pool = pool(family.block());
        var hostLocal = new HostLocal(pool);
        Reservation ours = Objects.requireNonNull(reserve(pool, ONE));

        String theirs = hostLocal.add(TWO);
        assertThat(theirs).isEqualTo(ours.address().plus(1).toString());
        assertThat(addresses.all(pool))
                .containsEntry(ours.address(), ONE)
                .containsEntry(IpAddress.parse(theirs), TWO)
                .hasSize(2);
        assertThat(reserve(pool, TWO)).isEqualTo(reservation(theirs, true));

        hostLocal.del(ONE);
        assertThat(addresses.find(pool, ONE)).isNull();
        addresses.release(pool, IpAddress.parse(theirs));
        assertThat(hostLocal.add(ONE)).isEqualTo(ours.address().plus(2).toString());
    }

    /** Forty steps of either, one after the other: each finds what the other one left. */
    @Test
    void bothGoThroughTheRangeInTheSameOrder() throws Exception {
        Pool pool = pool(Cidr.parse("169.254.172.0/28"));
        Pool twin = new Pool(data.resolve("twin"), pool.range());
        var hostLocal = new HostLocal(pool);
        var random = new Random(11);
        List<Owner> present = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            boolean add = present.isEmpty() || (present.size() < 13 && random.nextInt(3) > 0);
            if (add) {
                var owner = new Owner("c" + step, "eth0");
                present.add(owner);
                String expected = Objects.requireNonNull(reserve(twin, owner)).address().toString();
                String actual =
                        random.nextBoolean()
                                ? hostLocal.add(owner)
                                : Objects.requireNonNull(reserve(pool, owner)).address().toString();
                assertThat(actual).isEqualTo(expected);
            } else {
                Owner owner = present.remove(random.nextInt(present.size()));
                addresses.release(twin, Objects.requireNonNull(addresses.find(twin, owner)));
                hostLocal.del(owner);
            }
            assertThat(addresses.all(pool)).isEqualTo(addresses.all(twin));
        }
    }

    @Test
    void nothingIsHandedOutTwiceWhileAllAsk() throws Exception {
        Pool pool = pool(EgressFamily.IPV4.block());
        var hostLocal = new HostLocal(pool);
        Set<String> handedOut = new ConcurrentSkipListSet<>();
        var problems = new ConcurrentSkipListSet<String>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            var owner = new Owner("c" + i, "eth0");
            boolean ours = i % 3 > 0;
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            String got =
                                    ours
                                            ? Objects.requireNonNull(reserve(pool, owner))
                                                    .address()
                                                    .toString()
                                            : hostLocal.add(owner);
                            if (!handedOut.add(got)) {
                                problems.add(got + " twice");
                            }
                        } catch (IOException | InterruptedException e) {
                            problems.add(e.toString());
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(problems).isEmpty();
        assertThat(handedOut).hasSize(24);
        assertThat(addresses.all(pool)).hasSize(24);
    }

    private @Nullable Reservation reserve(Pool pool, Owner owner)
            throws IOException, InterruptedException {
        return addresses.reserve(pool, owner, Set.of());
    }

    private Pool pool(Cidr block) {
        return new Pool(data.resolve("ipam").resolve("aws-cni"), new EgressRange(block));
    }

    private static EgressRange range(String block) {
        return new EgressRange(Cidr.parse(block));
    }

    private static Reservation reservation(String address, boolean again) {
        return new Reservation(IpAddress.parse(address), again);
    }

    private static @Nullable IpAddress find(SortedMap<IpAddress, Owner> model, Owner owner) {
        return model.entrySet().stream()
                .filter(each -> each.getValue().equals(owner))
                .map(java.util.Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static List<String> names(Pool pool) throws IOException {
        try (var files = Files.list(pool.folder())) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
