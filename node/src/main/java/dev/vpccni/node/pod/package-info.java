/** Addresses and links for pods: the verbs of CNI, and what a runtime is told when one fails. */
@NullMarked
package dev.vpccni.node.pod;

import org.jspecify.annotations.NullMarked;
