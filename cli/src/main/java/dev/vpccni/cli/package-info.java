/** The command line. */
@NullMarked
package dev.vpccni.cli;

import org.jspecify.annotations.NullMarked;
