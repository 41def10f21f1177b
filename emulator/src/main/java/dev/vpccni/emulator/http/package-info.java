/** What the emulator's HTTP servers have in common. */
@NullMarked
package dev.vpccni.emulator.http;

import org.jspecify.annotations.NullMarked;
