/** Who calls the daemon: runtimes, plugins after it, many at once, and enemies. */
@NullMarked
package dev.vpccni.acceptance.client;

import org.jspecify.annotations.NullMarked;
