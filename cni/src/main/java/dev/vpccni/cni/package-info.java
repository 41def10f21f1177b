/** The CNI protocol as values: what a runtime asks and what it is told. */
@NullMarked
package dev.vpccni.cni;

import org.jspecify.annotations.NullMarked;
