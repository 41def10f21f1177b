/** Network namespaces: entering, making, opening sockets inside. */
@NullMarked
package dev.vpccni.linux.namespace;

import org.jspecify.annotations.NullMarked;
