@NullMarked
package dev.vpccni.daemon.log;

import org.jspecify.annotations.NullMarked;
