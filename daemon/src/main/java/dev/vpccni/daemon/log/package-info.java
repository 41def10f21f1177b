/** What the daemon says to operators, and the files that it is in. */
@NullMarked
package dev.vpccni.daemon.log;

import org.jspecify.annotations.NullMarked;
