/** Where the time of a verb goes: its stages, and how long all of it takes. */
@NullMarked
package dev.vpccni.daemon.timing;

import org.jspecify.annotations.NullMarked;
