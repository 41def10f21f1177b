/** The checkpoint as a file, {@code ipam.json}. */
@NullMarked
package dev.vpccni.daemon.checkpoint;

import org.jspecify.annotations.NullMarked;
