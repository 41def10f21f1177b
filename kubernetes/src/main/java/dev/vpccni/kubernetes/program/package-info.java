/** What programs about a cluster begin with: which cluster, and the machine's time. */
@NullMarked
package dev.vpccni.kubernetes.program;

import org.jspecify.annotations.NullMarked;
