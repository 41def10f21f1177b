/** Checks of clusters. */
package dev.vpccni.doctor.cluster;
