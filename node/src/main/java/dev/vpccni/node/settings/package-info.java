/** What an operator decides about a node, once the environment has been read and judged. */
@NullMarked
package dev.vpccni.node.settings;

import org.jspecify.annotations.NullMarked;
