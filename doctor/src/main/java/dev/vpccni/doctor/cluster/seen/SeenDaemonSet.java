package dev.vpccni.doctor.cluster.seen;

import java.util.List;

/**
 * A DaemonSet.
 *
 * @param images of its containers
 * @param wanted how many nodes are to have it
 */
public record SeenDaemonSet(String namespace, String name, List<String> images, long wanted) {

    public SeenDaemonSet {
        images = List.copyOf(images);
    }
}
