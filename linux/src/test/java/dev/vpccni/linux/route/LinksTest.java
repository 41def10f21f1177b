package dev.vpccni.linux.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinksTest {

    private static final HardwareAddress MAIN = HardwareAddress.parse("0a:58:0a:00:00:01");
    private static final HardwareAddress PEER = HardwareAddress.parse("0a:58:0a:00:00:02");

    private TestNamespace blue;
    private TestNamespace green;

    @BeforeEach
    void makeNamespaces() throws IOException {
        blue = new TestNamespace();
        green = new TestNamespace();
    }

    @AfterEach
    void removeNamespaces() throws IOException {
        try (var _ = blue;
                var _ = green) {
            // closing is all
        }
    }

    @Test
    void makesAVethPairWithEachEndInItsNamespace() throws Exception {
        VethEnd main = VethEnd.named("eth0").withAddress(MAIN).withMtu(9001);
        VethEnd peer = VethEnd.named("far").withAddress(PEER).withMtu(9001).in(green.descriptor());

        blue.rtnetlink().createVeth(main, peer);

        KernelLink near = blue.rtnetlink().link("eth0");
        KernelLink far = green.rtnetlink().link("far");
        assertThat(near.peerIndex()).isEqualTo(far.index());
        assertThat(far.peerIndex()).isEqualTo(near.index());
        assertThat(near.address()).isEqualTo(MAIN);
        assertThat(far.address()).isEqualTo(PEER);
        assertThat(near.mtu()).isEqualTo(9001);
        assertThat(far.mtu()).isEqualTo(9001);
        assertThat(near.isVeth()).isTrue();
        assertThat(near.isUp()).isTrue();
        assertThat(far.isUp()).isFalse();
        assertThat(blue.ip("link", "show", "eth0"))
                .contains("mtu 9001", "link/ether 0a:58:0a:00:00:01", "UP");
    }

    @Test
    void bringsThePeerUpByItself() throws Exception {
        blue.rtnetlink()
                .createVeth(VethEnd.named("eth0"), VethEnd.named("far").in(green.descriptor()));

        green.rtnetlink().setUp(green.rtnetlink().link("far").index());

        assertThat(green.rtnetlink().link("far").isUp()).isTrue();
        assertThat(green.ip("link", "show", "far")).contains(",UP");
        green.rtnetlink().setDown(green.rtnetlink().link("far").index());
        assertThat(green.rtnetlink().link("far").isUp()).isFalse();
    }

    @Test
    void placesTheMainEndInAnotherNamespaceToo() throws Exception {
        blue.rtnetlink()
                .createVeth(VethEnd.named("eth0").in(green.descriptor()), VethEnd.named("host0"));

        KernelLink host = blue.rtnetlink().link("host0");
        assertThat(green.rtnetlink().link(host.peerIndex()).name()).isEqualTo("eth0");
        assertThat(green.rtnetlink().link("eth0").isUp()).isTrue();
    }

    @Test
    void saysThatANameIsTaken() throws Exception {
        blue.link("one");

        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() ->
                        blue.rtnetlink().createVeth(VethEnd.named("one"), VethEnd.named("two")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST))
                .withMessage("create veth one: EEXIST");
    }

    @Test
    void saysThatThereIsNoSuchLink() throws Exception {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> blue.rtnetlink().link("none"))
                .satisfies(e -> assertThat(e.is(Errno.ENODEV)).isTrue())
                .withMessageStartingWith("link none: ENODEV");
        assertThat(blue.rtnetlink().findLink("none")).isNull();
    }

    @Test
    void deletesBothEndsOfAPair() throws Exception {
        blue.rtnetlink()
                .createVeth(VethEnd.named("eth0"), VethEnd.named("far").in(green.descriptor()));

        blue.rtnetlink().deleteLink("eth0");

        assertThat(blue.rtnetlink().findLink("eth0")).isNull();
        assertThat(green.rtnetlink().findLink("far")).isNull();
    }

    @Test
    void listsLinks() throws Exception {
        blue.link("one");
        blue.rtnetlink().createLink("two", "bridge");

        assertThat(blue.rtnetlink().links())
                .extracting(KernelLink::name, KernelLink::kind)
                .containsExactly(
                        tuple("lo", ""),
                        tuple("one-peer", "veth"),
                        tuple("one", "veth"),
                        tuple("two", "bridge"));
    }

    @Test
    void changesWhatALinkIs() throws Exception {
        Rtnetlink kernel = blue.rtnetlink();
        blue.link("one");
        kernel.createLink("bridge0", "bridge");
        int index = kernel.link("one").index();
        int bridge = kernel.link("bridge0").index();

        kernel.setMtu(index, 1280);
        kernel.setHardwareAddress(index, PEER);
        kernel.setMaster(index, bridge);
        kernel.renameLink(index, "uno");

        KernelLink changed = kernel.link(index);
        assertThat(changed.name()).isEqualTo("uno");
        assertThat(changed.mtu()).isEqualTo(1280);
        assertThat(changed.address()).isEqualTo(PEER);
        assertThat(changed.masterIndex()).isEqualTo(bridge);
    }

    @Test
    void movesALink() throws Exception {
        blue.link("one");

        blue.rtnetlink().moveLink(blue.rtnetlink().link("one").index(), green.descriptor());

        assertThat(blue.rtnetlink().findLink("one")).isNull();
        assertThat(green.rtnetlink().findLink("one")).isNotNull();
    }
}
