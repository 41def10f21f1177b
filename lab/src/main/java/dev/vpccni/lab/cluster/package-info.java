/** A Kubernetes cluster on a lab's machines: the real programs, and what each of them is told. */
@NullMarked
package dev.vpccni.lab.cluster;

import org.jspecify.annotations.NullMarked;
