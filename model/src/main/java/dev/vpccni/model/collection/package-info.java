/** Immutable collections of which a changed one shares what has not changed. */
@NullMarked
package dev.vpccni.model.collection;

import org.jspecify.annotations.NullMarked;
