/** What was seen of a cluster. */
@NullMarked
package dev.vpccni.doctor.cluster.seen;

import org.jspecify.annotations.NullMarked;
