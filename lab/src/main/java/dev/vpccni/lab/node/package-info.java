/** A node as this computer holds it: namespaces, a root, files, control groups and processes. */
@NullMarked
package dev.vpccni.lab.node;

import org.jspecify.annotations.NullMarked;
