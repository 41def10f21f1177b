/** Checks of packet filters: what drops pods' traffic, and who uses our mark. */
@NullMarked
package dev.vpccni.doctor.filter;

import org.jspecify.annotations.NullMarked;
