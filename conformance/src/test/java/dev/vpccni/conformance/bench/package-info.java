@NullMarked
package dev.vpccni.conformance.bench;

import org.jspecify.annotations.NullMarked;
