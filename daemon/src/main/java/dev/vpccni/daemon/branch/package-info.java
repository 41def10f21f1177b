/** What the daemon has to do with pods' own network interfaces. */
@NullMarked
package dev.vpccni.daemon.branch;

import org.jspecify.annotations.NullMarked;
