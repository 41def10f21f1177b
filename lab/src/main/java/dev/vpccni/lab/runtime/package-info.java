/**
 * A container runtime's part in networking: network configuration lists executed as libcni does.
 */
@NullMarked
package dev.vpccni.lab.runtime;

import org.jspecify.annotations.NullMarked;
