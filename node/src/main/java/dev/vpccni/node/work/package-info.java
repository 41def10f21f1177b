/** How work is done that may fail: beside its caller, again after a pause, one task at a thing. */
@NullMarked
package dev.vpccni.node.work;

import org.jspecify.annotations.NullMarked;
