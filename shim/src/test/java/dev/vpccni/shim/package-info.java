@NullMarked
package dev.vpccni.shim;

import org.jspecify.annotations.NullMarked;
