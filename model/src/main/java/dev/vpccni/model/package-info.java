/** The nouns that every other module speaks of: addresses, identifiers, pods, instance types. */
@NullMarked
package dev.vpccni.model;

import org.jspecify.annotations.NullMarked;
