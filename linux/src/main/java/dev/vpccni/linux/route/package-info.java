/**
 * Links, addresses, routes, rules and neighbours: rtnetlink(7) with types.
 *
 * <p>A pair of links between this namespace and another one, and a route over it:
 *
 * <pre>{@code
 * try (Descriptor blue = Descriptor.open(Path.of("/run/netns/blue"));
 *         Rtnetlink here = Rtnetlink.open()) {
 *     here.createVeth(VethEnd.named("to-blue"), VethEnd.named("eth0").in(blue));
 *     KernelLink link = here.link("to-blue");
 *     here.addRoute(KernelRoute.to(IpPrefix.parse("10.9.0.7/32")).over(link.index()));
 * }
 * }</pre>
 */
@NullMarked
package dev.vpccni.linux.route;

import org.jspecify.annotations.NullMarked;
