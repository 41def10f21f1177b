/** What moves packets: a VPC's layer 3, made of network namespaces on this computer. */
@NullMarked
package dev.vpccni.emulator.fabric;

import org.jspecify.annotations.NullMarked;
