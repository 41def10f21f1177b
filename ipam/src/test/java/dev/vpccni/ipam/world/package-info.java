/** A node without time or network, for tests. */
@NullMarked
package dev.vpccni.ipam.world;

import org.jspecify.annotations.NullMarked;
