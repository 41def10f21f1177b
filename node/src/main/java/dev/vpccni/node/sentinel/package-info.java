/** What others remove from the kernel, brought back. */
@NullMarked
package dev.vpccni.node.sentinel;

import org.jspecify.annotations.NullMarked;
