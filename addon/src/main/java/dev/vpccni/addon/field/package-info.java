/** Who has written which field of an object, as the API server keeps it. */
@NullMarked
package dev.vpccni.addon.field;

import org.jspecify.annotations.NullMarked;
