/** What the cluster is told of pods and of the node. */
@NullMarked
package dev.vpccni.daemon.cluster;

import org.jspecify.annotations.NullMarked;
