/** A host as it was read: values that were seen, and why others were not. */
@NullMarked
package dev.vpccni.doctor.snapshot;

import org.jspecify.annotations.NullMarked;
