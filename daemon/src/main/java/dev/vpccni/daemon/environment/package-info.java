/**
 * Every variable of the environment: how it is parsed, what it does here and upstream, and whether
 * it is in effect. The table of them is what the daemon reads by, and what {@code
 * docs/environment.md} is written from.
 */
@NullMarked
package dev.vpccni.daemon.environment;

import org.jspecify.annotations.NullMarked;
