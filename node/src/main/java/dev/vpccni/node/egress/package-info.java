/** The verbs of the plugin that takes containers out in the other family. */
@NullMarked
package dev.vpccni.node.egress;

import org.jspecify.annotations.NullMarked;
