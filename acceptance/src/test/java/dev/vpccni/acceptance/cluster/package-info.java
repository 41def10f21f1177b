/** On a real Kubernetes: kubelets and containerd ask for what the lab's own runner does not. */
@NullMarked
package dev.vpccni.acceptance.cluster;

import org.jspecify.annotations.NullMarked;
