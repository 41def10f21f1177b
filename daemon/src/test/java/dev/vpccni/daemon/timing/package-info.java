@NullMarked
package dev.vpccni.daemon.timing;

import org.jspecify.annotations.NullMarked;
