/** What is to be done next about a node's trunk, its branches and the pods that want them: pure. */
@NullMarked
package dev.vpccni.controller.plan;

import org.jspecify.annotations.NullMarked;
