package dev.vpccni.daemon.cluster;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.model.IpAddress;

/** Hears what became of pods. Must not wait. Safe for use by many threads. */
public interface PodListener {

    /** A pod was connected, under that address first of all. */
    void connected(CniArgs args, IpAddress address);

    /** A pod was not connected, or waits still to be. */
    void refused(CniArgs args, CniError error);

    /** A pod, or one of its former sandboxes, was disconnected, which had that address. */
    void released(CniArgs args, IpAddress address);
}
