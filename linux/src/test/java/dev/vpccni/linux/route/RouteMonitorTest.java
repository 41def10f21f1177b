package dev.vpccni.linux.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.route.RouteChange.LinkChanged;
import dev.vpccni.linux.route.RouteChange.Lost;
import dev.vpccni.linux.route.RouteChange.RouteChanged;
import dev.vpccni.linux.route.RouteChange.RuleChanged;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RouteMonitorTest {

    private static final Duration NONE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(20);

    private TestNamespace namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new TestNamespace();
    }

    @AfterEach
    void removeNamespace() throws IOException {
        namespace.close();
    }

    @Test
    void hearsOfLinksRoutesAndRules() throws Exception {
        try (RouteMonitor monitor = listen()) {
            int link = namespace.linkWithNetwork("one");
            KernelRule rule = KernelRule.lookup(512, 254).to(IpPrefix.parse("10.9.0.7"));
            KernelRoute route = KernelRoute.to(IpPrefix.parse("10.9.0.7")).over(link);
            namespace.rtnetlink().addRule(rule);
            namespace.rtnetlink().addRoute(route);
            namespace.rtnetlink().deleteRule(rule);
            namespace.rtnetlink().deleteLink(link);

            List<RouteChange> changes = heard(monitor);

            assertThat(changes)
                    .contains(
                            new RuleChanged(rule, false),
                            new RouteChanged(route, false),
                            new RuleChanged(rule, true))
                    .anySatisfy(change ->
                            assertThat(change)
                                    .isInstanceOfSatisfying(
                                            LinkChanged.class,
                                            it -> assertThat(it.gone()).isTrue()));
        }
    }

    @Test
    void returnsNothingWhenTheTimeIsUp() throws Exception {
        try (RouteMonitor monitor = listen()) {
            assertThat(monitor.receive(NONE)).isEmpty();
        }
    }

    @Test
    void isWokenUp() throws Exception {
        try (RouteMonitor monitor = listen()) {
            monitor.wakeUp();
            assertThat(monitor.receive(LONG)).isEmpty();
            assertThat(monitor.receive(NONE)).isEmpty();
        }
    }

    @Test
    void saysThatChangesWereLost() throws Exception {
        try (RouteMonitor monitor = listen()) {
            KernelRule rule = KernelRule.lookup(512, 254).to(IpPrefix.parse("10.9.0.7"));
            for (int i = 0; i < 2_000; i++) {
                namespace.rtnetlink().addRule(rule);
                namespace.rtnetlink().deleteRule(rule);
            }

            assertThat(heard(monitor)).contains(new Lost());
        }
    }

    /** Whoever changes something need not hear of it, and hears of what others change. */
    @Test
    void doesNotTellWhatSomeSocketsDo() throws Exception {
        KernelRule own = KernelRule.lookup(512, 254).to(IpPrefix.parse("10.9.0.7"));
        try (RouteMonitor monitor = listenForRemovals(Set.of(namespace.rtnetlink().port()))) {
            namespace.rtnetlink().addRule(own);
            namespace.ip("rule", "add", "pref", "513", "to", "10.9.0.8", "table", "main");
            namespace.rtnetlink().deleteRule(own);
            namespace.ip("rule", "del", "pref", "513");

            assertThat(heard(monitor))
                    .hasSize(2)
                    .allSatisfy(change ->
                            assertThat(change)
                                    .isInstanceOfSatisfying(
                                            RuleChanged.class,
                                            it -> assertThat(it.rule().priority()).isEqualTo(513)));
        }
    }

    @Test
    void tellsOfRoutesThatGoAndNotOfThoseThatCome() throws Exception {
        int link = namespace.linkWithNetwork("one");
        KernelRoute route = KernelRoute.to(IpPrefix.parse("10.9.0.7")).over(link);
        try (RouteMonitor monitor = listenForRemovals(Set.of())) {
            namespace.rtnetlink().addRoute(route);
            namespace.rtnetlink().deleteRoute(route);

            assertThat(heard(monitor)).containsExactly(new RouteChanged(route, true));
        }
    }

    @Test
    void aSocketHasANumberOfItsOwn() throws Exception {
        int first = namespace.rtnetlink().port();
        try (Rtnetlink second =
                namespace.thread().inside(namespace.descriptor(), Rtnetlink::open)) {
            assertThat(second.port()).isNotZero().isNotEqualTo(first).isEqualTo(second.port());
        }
        assertThat(first).isNotZero();
    }

    private RouteMonitor listenForRemovals(Set<Integer> unheard) throws IOException {
        return namespace
                .thread()
                .inside(
                        namespace.descriptor(),
                        () ->
                                RouteMonitor.openForRemovals(
                                        EnumSet.of(Topic.IPV4_ROUTES, Topic.IPV4_RULES), unheard));
    }

    private RouteMonitor listen() throws IOException {
        return namespace
                .thread()
                .inside(
                        namespace.descriptor(),
                        () ->
                                RouteMonitor.open(
                                        EnumSet.of(
                                                Topic.LINKS, Topic.IPV4_ROUTES, Topic.IPV4_RULES)));
    }

    /**
     * The kernel has told of a change before it acknowledges it, so nothing has to be waited for.
     */
    private static List<RouteChange> heard(RouteMonitor monitor) throws IOException {
        var heard = new ArrayList<RouteChange>();
        for (List<RouteChange> some = monitor.receive(NONE);
                !some.isEmpty();
                some = monitor.receive(NONE)) {
            heard.addAll(some);
        }
        return heard;
    }
}
