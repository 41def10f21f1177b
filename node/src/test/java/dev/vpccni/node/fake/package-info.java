/** Time, EC2, metadata, kernel and disk as tests decide them. */
@NullMarked
package dev.vpccni.node.fake;

import org.jspecify.annotations.NullMarked;
