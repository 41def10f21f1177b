/** From a decision about the pool to what each network interface gets or gives. */
@NullMarked
package dev.vpccni.ipam.scale;

import org.jspecify.annotations.NullMarked;
