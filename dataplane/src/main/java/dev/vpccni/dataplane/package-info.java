/** What the kernel should contain, as data: computed here, carried out elsewhere. */
@NullMarked
package dev.vpccni.dataplane;

import org.jspecify.annotations.NullMarked;
