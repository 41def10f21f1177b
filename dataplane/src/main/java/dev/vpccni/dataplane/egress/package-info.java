/**
 * The way out in the family of addresses that a cluster does not have: names, addresses and packet
 * filter of a second interface whose traffic leaves with the node's own address.
 */
@NullMarked
package dev.vpccni.dataplane.egress;

import org.jspecify.annotations.NullMarked;
