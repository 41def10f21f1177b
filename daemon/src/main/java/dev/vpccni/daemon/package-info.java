/** The node daemon: configuration, sockets, and the wiring of all parts. */
@NullMarked
package dev.vpccni.daemon;

import org.jspecify.annotations.NullMarked;
