/** The one owner of the emulated cloud, who is told what changes, and who called. */
@NullMarked
package dev.vpccni.emulator.state;

import org.jspecify.annotations.NullMarked;
