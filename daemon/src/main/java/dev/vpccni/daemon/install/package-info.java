/** What is put on the host: programs, the configuration for runtimes, kernel parameters. */
@NullMarked
package dev.vpccni.daemon.install;

import org.jspecify.annotations.NullMarked;
