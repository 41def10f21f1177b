/** How the API server is reached, and how collections of its objects are followed. */
@NullMarked
package dev.vpccni.kubernetes.api;

import org.jspecify.annotations.NullMarked;
