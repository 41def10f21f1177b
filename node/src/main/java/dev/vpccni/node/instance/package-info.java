/** What is known of the instance that the node is. */
@NullMarked
package dev.vpccni.node.instance;

import org.jspecify.annotations.NullMarked;
