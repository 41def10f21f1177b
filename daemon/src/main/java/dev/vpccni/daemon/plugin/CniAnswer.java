package dev.vpccni.daemon.plugin;

/** What became of a call. */
final class CniAnswer {

    private final byte[] frame;
    private final Runnable afterwards;

    /**
     * @param frame for the plugin, which this keeps
     * @param afterwards what the plugin need not wait for
     */
    CniAnswer(byte[] frame, Runnable afterwards) {
        this.frame = frame;
        this.afterwards = afterwards;
    }

    byte[] frame() {
        return frame;
    }

    Runnable afterwards() {
        return afterwards;
    }
}
