/** Checks of a host's configuration: other managers of networks, and that of runtimes. */
@NullMarked
package dev.vpccni.doctor.files;

import org.jspecify.annotations.NullMarked;
