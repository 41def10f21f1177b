/** What people do with the build: its command line, its set-up, its labs and what they leave. */
@NullMarked
package dev.vpccni.acceptance.operation;

import org.jspecify.annotations.NullMarked;
