@NullMarked
package dev.vpccni.daemon.checkpoint;

import org.jspecify.annotations.NullMarked;
