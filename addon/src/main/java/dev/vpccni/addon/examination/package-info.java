/** Reads from a cluster what its doctor judges. */
@NullMarked
package dev.vpccni.addon.examination;

import org.jspecify.annotations.NullMarked;
