/** EC2's Query protocol: forms in, XML out. */
@NullMarked
package dev.vpccni.emulator.ec2;

import org.jspecify.annotations.NullMarked;
