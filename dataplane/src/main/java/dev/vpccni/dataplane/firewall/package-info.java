/**
 * Source address translation and connection marks: what iptables(8) and nft(8) should say, and the
 * smallest input that makes them say so.
 */
@NullMarked
package dev.vpccni.dataplane.firewall;

import org.jspecify.annotations.NullMarked;
