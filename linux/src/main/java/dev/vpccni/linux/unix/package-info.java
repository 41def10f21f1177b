/** Unix stream sockets that pass descriptors. */
@NullMarked
package dev.vpccni.linux.unix;

import org.jspecify.annotations.NullMarked;
