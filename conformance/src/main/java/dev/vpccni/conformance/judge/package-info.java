/** What is demanded, and whether what was seen meets it: no processes, no files, no clock. */
@NullMarked
package dev.vpccni.conformance.judge;

import org.jspecify.annotations.NullMarked;
