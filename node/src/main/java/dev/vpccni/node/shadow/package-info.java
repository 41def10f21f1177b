/** What the daemon would do on a node that another daemon serves, said and not done. */
@NullMarked
package dev.vpccni.node.shadow;

import org.jspecify.annotations.NullMarked;
