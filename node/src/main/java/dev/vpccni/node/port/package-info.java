/**
 * What the procedures need of the outside: the cloud, the kernel, the disk, time. Production, the
 * simulation and tests each bring their own.
 */
@NullMarked
package dev.vpccni.node.port;

import org.jspecify.annotations.NullMarked;
