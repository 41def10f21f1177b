/** Keeps what is installed in a cluster as it was installed. */
@NullMarked
package dev.vpccni.addon;

import org.jspecify.annotations.NullMarked;
