/** Whether a CNI plugin, any one, keeps to the CNI specification 1.1.0. */
@NullMarked
package dev.vpccni.conformance;

import org.jspecify.annotations.NullMarked;
