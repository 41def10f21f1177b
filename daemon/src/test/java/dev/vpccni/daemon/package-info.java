@NullMarked
package dev.vpccni.daemon;

import org.jspecify.annotations.NullMarked;
