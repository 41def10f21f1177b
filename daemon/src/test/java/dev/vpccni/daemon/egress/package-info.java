@NullMarked
package dev.vpccni.daemon.egress;

import org.jspecify.annotations.NullMarked;
