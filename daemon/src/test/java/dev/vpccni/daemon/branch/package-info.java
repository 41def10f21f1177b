@NullMarked
package dev.vpccni.daemon.branch;

import org.jspecify.annotations.NullMarked;
