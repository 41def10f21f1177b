/** How many pods a node serves, and from where it takes their addresses. */
@NullMarked
package dev.vpccni.acceptance.pool;

import org.jspecify.annotations.NullMarked;
