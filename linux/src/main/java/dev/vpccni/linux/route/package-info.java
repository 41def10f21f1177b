/** Links, addresses, routes, rules and neighbours: rtnetlink(7) with types. */
@NullMarked
package dev.vpccni.linux.route;

import org.jspecify.annotations.NullMarked;
