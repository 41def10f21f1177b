/** A daemon that is restarted, told something else, or put in another's place: pods go on. */
@NullMarked
package dev.vpccni.acceptance.change;

import org.jspecify.annotations.NullMarked;
