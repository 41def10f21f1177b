/** The cluster port on the API server of Kubernetes. */
@NullMarked
package dev.vpccni.kubernetes;

import org.jspecify.annotations.NullMarked;
