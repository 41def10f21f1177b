/** Reads a host as the doctor's checks want it; changes nothing. */
@NullMarked
package dev.vpccni.host.examination;

import org.jspecify.annotations.NullMarked;
