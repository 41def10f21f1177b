@NullMarked
package dev.vpccni.cni;

import org.jspecify.annotations.NullMarked;
