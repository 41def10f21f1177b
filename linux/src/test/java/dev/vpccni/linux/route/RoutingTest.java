package dev.vpccni.linux.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses, routes, rules and neighbours in a fresh namespace, with ip(8) as a witness. */
class RoutingTest {

    private static final IpPrefix POD = IpPrefix.parse("10.9.0.7/32");
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.9.0.254");
    private static final HardwareAddress MAC = HardwareAddress.parse("0a:58:0a:00:00:01");

    private TestNamespace namespace;
    private Rtnetlink kernel;
    private int link;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new TestNamespace();
        kernel = namespace.rtnetlink();
        link = namespace.linkWithNetwork("one");
    }

    @AfterEach
    void removeNamespace() throws IOException {
        namespace.close();
    }

    @Test
    void addsListsAndDeletesAnAddress() throws Exception {
        KernelAddress address =
                KernelAddress.of(IpPrefix.parse("10.8.0.1/24"), link)
                        .withBroadcast(InetAddress.ofLiteral("10.8.0.255"))
                        .withFlags(KernelAddress.IFA_F_NOPREFIXROUTE);

        kernel.addAddress(address);

        assertThat(kernel.addresses(Family.IPV4, link))
                .contains(
                        address.withFlags(
                                KernelAddress.IFA_F_NOPREFIXROUTE | KernelAddress.IFA_F_PERMANENT));
        assertThat(namespace.ip("addr", "show", "one"))
                .contains("inet 10.8.0.1/24 brd 10.8.0.255 scope global noprefixroute one");
        assertThat(namespace.ip("route")).doesNotContain("10.8.0.0/24");
        assertRefused(Errno.EEXIST, () -> kernel.addAddress(address));
        kernel.deleteAddress(address);
        assertThat(kernel.addresses(Family.IPV4, link)).hasSize(1);
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> kernel.deleteAddress(address))
                .withMessage(
                        "delete address 10.8.0.1/24 dev "
                                + link
                                + ": EADDRNOTAVAIL: ipv4: Address not found");
    }

    @Test
    void addsAnIpv6AddressWithoutAskingTheNetwork() throws Exception {
        kernel.addAddress(
                KernelAddress.of(IpPrefix.parse("fd00::7/128"), link)
                        .withFlags(KernelAddress.IFA_F_NODAD));

        assertThat(kernel.addresses(Family.IPV6, link))
                .filteredOn(address -> address.local().equals(IpPrefix.parse("fd00::7/128")))
                .singleElement()
                .satisfies(address ->
                        assertThat(address.flags() & KernelAddress.IFA_F_TENTATIVE).isZero());
    }

    @Test
    void listsTheAddressesOfOneLinkAlone() throws Exception {
        int two = namespace.link("two");
        kernel.addAddress(KernelAddress.of(IpPrefix.parse("10.7.0.1/24"), two));

        assertThat(kernel.addresses(Family.IPV4, two)).hasSize(1);
        assertThat(kernel.addresses(Family.IPV4, 0)).hasSize(2);
    }

    @Test
    void addsListsAndDeletesRoutesOfAnyTable() throws Exception {
        KernelRoute near = KernelRoute.to(POD).over(link);
        KernelRoute far = KernelRoute.to(IpPrefix.ALL_IPV4).over(link).via(GATEWAY).inTable(10_101);

        kernel.addRoute(near);
        kernel.addRoute(far);

        assertThat(kernel.routes(Family.IPV4, KernelRoute.TABLE_MAIN)).contains(near);
        assertThat(kernel.routes(Family.IPV4, 10_101)).containsExactly(far);
        assertThat(kernel.routes(Family.IPV4, KernelRoute.TABLE_ANY)).contains(near, far);
        assertThat(namespace.ip("route", "show", "10.9.0.7")).contains("dev one scope link");
        assertThat(namespace.ip("route", "show", "table", "10101"))
                .contains("default via 10.9.0.254 dev one");
        assertRefused(Errno.EEXIST, () -> kernel.addRoute(near));
        kernel.deleteRoute(near);
        kernel.deleteRoute(far);
        assertThat(kernel.routes(Family.IPV4, 10_101)).isEmpty();
        assertRefused(Errno.ESRCH, () -> kernel.deleteRoute(near));
    }

    @Test
    void replacesARoute() throws Exception {
        kernel.addRoute(KernelRoute.to(POD).over(link));
        KernelRoute better = KernelRoute.to(POD).over(link).via(GATEWAY);

        kernel.replaceRoute(better);

        assertThat(kernel.routes(Family.IPV4, KernelRoute.TABLE_MAIN))
                .filteredOn(route -> route.destination().equals(POD))
                .containsExactly(better);
    }

    @Test
    void keepsEveryPropertyOfARoute() throws Exception {
        KernelRoute route =
                KernelRoute.to(IpPrefix.parse("10.6.0.0/16"))
                        .over(link)
                        .via(InetAddress.ofLiteral("169.254.1.1"))
                        .inTable(77)
                        .withPriority(5)
                        .withProtocol(KernelRoute.PROTOCOL_STATIC)
                        .withPreferredSource(InetAddress.ofLiteral("10.9.0.1"))
                        .withFlags(KernelRoute.RTNH_F_ONLINK);

        kernel.addRoute(route);

        assertThat(kernel.routes(Family.IPV4, 77)).containsExactly(route);
        kernel.addRoute(
                KernelRoute.to(IpPrefix.parse("10.5.0.0/16"))
                        .inTable(78)
                        .withType(KernelRoute.TYPE_BLACKHOLE));
        assertThat(namespace.ip("route", "show", "table", "78")).contains("blackhole 10.5.0.0/16");
    }

    @Test
    void routesIpv6() throws Exception {
        KernelRoute route = KernelRoute.to(IpPrefix.parse("fd00::/64")).over(link).inTable(300);
        kernel.addRoute(route);

        assertThat(kernel.routes(Family.IPV6, 300))
                .singleElement()
                .satisfies(listed -> {
                    assertThat(listed.destination()).isEqualTo(route.destination());
                    assertThat(listed.linkIndex()).isEqualTo(link);
                });
        kernel.deleteRoute(route);
        assertThat(kernel.routes(Family.IPV6, 300)).isEmpty();
    }

    @Test
    void deletesARouteWhoseLinkAndScopeAreUnknown() throws Exception {
        kernel.addRoute(KernelRoute.to(POD).over(link));

        kernel.deleteRoute(
                KernelRoute.to(POD).withScope(KernelRoute.SCOPE_NOWHERE).withProtocol(0));

        assertRefused(Errno.ESRCH, () -> kernel.deleteRoute(KernelRoute.to(POD).over(link)));
    }

    @Test
    void tellsTheKernelsOwnWords() {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() ->
                        kernel.addRoute(
                                KernelRoute.to(POD)
                                        .over(link)
                                        .via(InetAddress.ofLiteral("192.0.2.1"))))
                .satisfies(e -> assertThat(e.is(Errno.ENETUNREACH)).isTrue())
                .withMessage(
                        "add route 10.9.0.7/32 via 192.0.2.1 dev "
                                + link
                                + " table 254: ENETUNREACH: Nexthop has invalid gateway");
    }

    @Test
    void addsListsAndDeletesRules() throws Exception {
        KernelRule to = KernelRule.lookup(512, 254).to(POD);
        KernelRule from = KernelRule.lookup(1536, 10_101).from(POD);
        KernelRule marked = KernelRule.lookup(1024, 254).marked(0x80, 0x80);
        KernelRule arriving = KernelRule.lookup(10, 107).arrivingOn("one");

        kernel.addRule(to);
        kernel.addRule(from);
        kernel.addRule(marked);
        kernel.addRule(arriving);

        assertThat(kernel.rules(Family.IPV4)).containsSubsequence(arriving, to, marked, from);
        assertThat(namespace.ip("rule"))
                .contains(
                        "10:\tfrom all iif one lookup 107",
                        "512:\tfrom all to 10.9.0.7 lookup main",
                        "1024:\tfrom all fwmark 0x80/0x80 lookup main",
                        "1536:\tfrom 10.9.0.7 lookup 10101");
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> kernel.addRule(to))
                .withMessage("add rule 512: from all to 10.9.0.7/32 lookup 254: EEXIST");
        for (KernelRule rule : new KernelRule[] {to, from, marked, arriving}) {
            kernel.deleteRule(rule);
        }
        assertThat(kernel.rules(Family.IPV4))
                .extracting(KernelRule::priority)
                .containsExactly(0, 32766, 32767);
        assertRefused(Errno.ENOENT, () -> kernel.deleteRule(to));
    }

    @Test
    void addsRulesThatNobodyMade() throws Exception {
        kernel.addRule(KernelRule.lookup(512, 254).to(POD));

        assertThat(namespace.ip("-d", "rule", "show", "to", "10.9.0.7"))
                .contains("512:\tfrom all to 10.9.0.7 lookup main proto unspec");
    }

    @Test
    void keepsWhatFewRulesAskFor() throws Exception {
        KernelRule rule =
                KernelRule.lookup(20, 254).from(POD).with(new RuleExtras("one", 1, true, 0, 0));
        kernel.addRule(rule);

        assertThat(kernel.rules(Family.IPV4)).contains(rule);
        assertThat(namespace.ip("rule"))
                .contains(
                        "20:\tnot from 10.9.0.7 oif one ipproto icmp lookup main"
                                + " suppress_prefixlength 0");
        kernel.deleteRule(rule);
        assertThat(kernel.rules(Family.IPV4)).doesNotContain(rule);
    }

    @Test
    void keepsRulesThatLookNothingUp() throws Exception {
        KernelRule end = KernelRule.lookup(513, 0).withAction(KernelRule.ACTION_NOP);
        KernelRule jump =
                KernelRule.lookup(511, 0)
                        .withAction(KernelRule.ACTION_GOTO)
                        .with(RuleExtras.NONE.goingTo(513));
        kernel.addRule(end);
        kernel.addRule(jump);

        assertThat(kernel.rules(Family.IPV4)).contains(jump, end);
        assertThat(namespace.ip("rule"))
                .contains("511:\tfrom all goto 513\n")
                .contains("513:\tfrom all nop\n");
        kernel.deleteRule(jump);
        kernel.deleteRule(end);
        assertThat(kernel.rules(Family.IPV4)).doesNotContain(jump, end);
    }

    @Test
    void deletesARuleWhoseTableIsUnknown() throws Exception {
        kernel.addRule(KernelRule.lookup(1536, 7).from(POD));

        kernel.deleteRule(KernelRule.lookup(1536, 0).from(POD));

        assertRefused(Errno.ENOENT, () -> kernel.deleteRule(KernelRule.lookup(1536, 0).from(POD)));
    }

    @Test
    void keepsRulesOfBothFamiliesApart() throws Exception {
        KernelRule rule = KernelRule.lookup(512, 254).to(IpPrefix.parse("fd00::7/128"));
        kernel.addRule(rule);

        assertThat(kernel.rules(Family.IPV6)).contains(rule);
        assertThat(kernel.rules(Family.IPV4)).doesNotContain(rule);
    }

    @Test
    void addsReplacesListsAndDeletesNeighbours() throws Exception {
        KernelNeighbour neighbour = KernelNeighbour.permanent(GATEWAY, link, MAC);
        KernelNeighbour other =
                KernelNeighbour.permanent(
                        GATEWAY, link, HardwareAddress.parse("0a:58:0a:00:00:02"));

        kernel.addNeighbour(neighbour);
        assertRefused(Errno.EEXIST, () -> kernel.addNeighbour(neighbour));
        assertThat(kernel.neighbours(Family.IPV4, link)).containsExactly(neighbour);
        assertThat(namespace.ip("neigh"))
                .contains("10.9.0.254 dev one lladdr 0a:58:0a:00:00:01 PERMANENT");

        kernel.replaceNeighbour(other);
        assertThat(kernel.neighbours(Family.IPV4, 0)).containsExactly(other);

        kernel.deleteNeighbour(other);
        assertThat(kernel.neighbours(Family.IPV4, link))
                .filteredOn(KernelNeighbour::isPermanent)
                .isEmpty();
        assertRefused(
                Errno.ENOENT,
                () ->
                        kernel.deleteNeighbour(
                                KernelNeighbour.permanent(
                                        InetAddress.ofLiteral("10.9.0.99"), link, MAC)));
    }

    @Test
    void listsMoreThanOneDatagramHolds() throws Exception {
        for (int i = 0; i < 700; i++) {
            kernel.addRule(KernelRule.lookup(512, 254).to(IpPrefix.ofIpv4(0x0a010000 + i, 32)));
        }

        assertThat(kernel.rules(Family.IPV4)).hasSize(703);
    }

    private interface Request {
        void run() throws IOException;
    }

    private static void assertRefused(int errno, Request request) {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(request::run)
                .satisfies(e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
    }
}
