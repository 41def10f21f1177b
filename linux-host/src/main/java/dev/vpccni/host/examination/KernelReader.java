package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.KernelState;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenRoute;
import dev.vpccni.doctor.snapshot.SeenRule;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.KernelRule;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the kernel for links, rules and routes. */
final class KernelReader {

    private final Rtnetlink node;

    KernelReader(Rtnetlink node) {
        this.node = node;
    }

    KernelState read() {
        return new KernelState(
                ask(() -> node.links().stream().map(KernelReader::link).toList()),
                ask(this::rules),
                ask(this::routes),
                ask(() ->
                        node.neighbours(Family.IPV4, 0).size()
                                + node.neighbours(Family.IPV6, 0).size()));
    }

    /** A list of the kernel's. */
    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> Fact<T> ask(Question<T> question) {
        try {
            return new Fact.Seen<>(question.ask());
        } catch (IOException e) {
            return new Fact.Unseen<>(FileReader.why(e));
        }
    }

    private static SeenLink link(KernelLink link) {
        return new SeenLink(
                link.index(),
                link.name(),
                link.kind(),
                link.mtu(),
                link.isUp(),
                (link.flags() & KernelLink.IFF_LOWER_UP) != 0);
    }

    private List<SeenRule> rules() throws IOException {
        var rules = new ArrayList<SeenRule>();
        for (Family family : Family.values()) {
            for (KernelRule rule : node.rules(family)) {
                rules.add(
                        new SeenRule(
                                family == Family.IPV6 ? IpFamily.IPV6 : IpFamily.IPV4,
                                rule.priority(),
                                block(rule.source()),
                                block(rule.destination()),
                                Integer.toUnsignedLong(rule.mark()),
                                Integer.toUnsignedLong(rule.markMask()),
                                rule.extras().inverted(),
                                rule.action() == KernelRule.ACTION_LOOKUP ? rule.table() : 0));
            }
        }
        return rules;
    }

    private List<SeenRoute> routes() throws IOException {
        var routes = new ArrayList<SeenRoute>();
        for (Family family : Family.values()) {
            for (KernelRoute route : node.routes(family, KernelRoute.TABLE_ANY)) {
                Cidr destination = block(route.destination());
                if (route.table() != KernelRoute.TABLE_LOCAL && destination != null) {
                    routes.add(
                            new SeenRoute(
                                    destination,
                                    route.table(),
                                    route.linkIndex(),
                                    Integer.toUnsignedLong(route.priority())));
                }
            }
        }
        return routes;
    }

    private static @Nullable Cidr block(@Nullable IpPrefix prefix) {
        return prefix == null
                ? null
                : Cidr.of(IpAddress.of(prefix.address().getAddress()), prefix.length());
    }
}
