@NullMarked
package dev.vpccni.daemon.plugin;

import org.jspecify.annotations.NullMarked;
