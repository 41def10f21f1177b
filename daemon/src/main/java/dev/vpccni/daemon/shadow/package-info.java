/** What another daemon tells of itself, asked within limits. */
@NullMarked
package dev.vpccni.daemon.shadow;

import org.jspecify.annotations.NullMarked;
