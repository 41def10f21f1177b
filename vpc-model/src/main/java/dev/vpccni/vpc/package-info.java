/** A VPC as a value: requests change its state, and replies show it. */
@NullMarked
package dev.vpccni.vpc;

import org.jspecify.annotations.NullMarked;
