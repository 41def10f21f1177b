@NullMarked
package dev.vpccni.daemon.environment;

import org.jspecify.annotations.NullMarked;
