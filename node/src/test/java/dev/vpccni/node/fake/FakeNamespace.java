package dev.vpccni.node.fake;

import dev.vpccni.node.port.PodNamespace;

/** The namespace of a pod. */
public record FakeNamespace(String path) implements PodNamespace {

    @Override
    public void close() {}
}
