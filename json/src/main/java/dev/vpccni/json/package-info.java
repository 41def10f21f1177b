/** JSON text as plain ordered values, and back. */
@NullMarked
package dev.vpccni.json;

import org.jspecify.annotations.NullMarked;
