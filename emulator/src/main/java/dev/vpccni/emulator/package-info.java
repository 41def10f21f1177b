/** The emulated VPC: EC2 and metadata over HTTP, packets between namespaces. */
@NullMarked
package dev.vpccni.emulator;

import org.jspecify.annotations.NullMarked;
