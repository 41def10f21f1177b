/** Shim, daemon and emulator together: real programs, real namespaces, packets that arrive. */
@NullMarked
package dev.vpccni.acceptance;

import org.jspecify.annotations.NullMarked;
