/** What the controller knows of the cluster's objects. */
@NullMarked
package dev.vpccni.controller.cluster;

import org.jspecify.annotations.NullMarked;
