/** A small VPC with nodes and pods on this computer. */
@NullMarked
package dev.vpccni.lab;

import org.jspecify.annotations.NullMarked;
