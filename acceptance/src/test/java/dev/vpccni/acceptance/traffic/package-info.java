/** Packets that arrive, and as whose, in each way in which pods have addresses. */
@NullMarked
package dev.vpccni.acceptance.traffic;

import org.jspecify.annotations.NullMarked;
