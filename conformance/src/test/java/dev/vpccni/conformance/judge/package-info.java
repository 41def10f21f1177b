@NullMarked
package dev.vpccni.conformance.judge;

import org.jspecify.annotations.NullMarked;
