@NullMarked
package dev.vpccni.daemon.install;

import org.jspecify.annotations.NullMarked;
