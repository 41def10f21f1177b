@NullMarked
package dev.vpccni.conformance;

import org.jspecify.annotations.NullMarked;
