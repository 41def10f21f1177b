/** What in a cluster keeps the network of its pods from working: checks, and what they found. */
@NullMarked
package dev.vpccni.doctor.cluster;

import org.jspecify.annotations.NullMarked;
