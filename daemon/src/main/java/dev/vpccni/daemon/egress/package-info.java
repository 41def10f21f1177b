/** The way out in the other family, as {@code egress-cni} is asked for it. */
@NullMarked
package dev.vpccni.daemon.egress;

import org.jspecify.annotations.NullMarked;
