/**
 * The socket on which the plugin calls: frames, those who send them slowly or not at all, and the
 * verbs that are under way.
 */
@NullMarked
package dev.vpccni.daemon.plugin;

import org.jspecify.annotations.NullMarked;
