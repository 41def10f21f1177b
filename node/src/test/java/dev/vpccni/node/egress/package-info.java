@NullMarked
package dev.vpccni.node.egress;

import org.jspecify.annotations.NullMarked;
