/** Replaces the daemon's image node by node, a canary first. */
@NullMarked
package dev.vpccni.addon.upgrade;

import org.jspecify.annotations.NullMarked;
