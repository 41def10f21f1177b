/** Containers' way out in the other family, on Linux. */
@NullMarked
package dev.vpccni.host.egress;

import org.jspecify.annotations.NullMarked;
