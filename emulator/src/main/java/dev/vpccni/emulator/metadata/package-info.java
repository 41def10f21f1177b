/** The instance metadata service (IMDSv2), one for each instance. */
@NullMarked
package dev.vpccni.emulator.metadata;

import org.jspecify.annotations.NullMarked;
