@NullMarked
package dev.vpccni.host.egress;

import org.jspecify.annotations.NullMarked;
