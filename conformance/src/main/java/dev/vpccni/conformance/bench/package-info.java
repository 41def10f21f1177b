/** Where a plugin is tried: namespaces made for it, its processes, and looks at the kernel. */
@NullMarked
package dev.vpccni.conformance.bench;

import org.jspecify.annotations.NullMarked;
