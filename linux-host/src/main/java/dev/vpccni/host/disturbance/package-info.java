/** What others change of what could be ours, as the kernel tells of it. */
@NullMarked
package dev.vpccni.host.disturbance;

import org.jspecify.annotations.NullMarked;
