package dev.vpccni.node.port;

import dev.vpccni.cni.CniRequest;
import java.io.IOException;
import java.util.List;

/** The DEL requests that the shim put aside while nobody served it. */
public interface Spool {

    /**
     * Lists what is waiting, oldest first, or so much of it as is read at once. What cannot be
     * understood is not among them.
     *
     * @throws IOException if the spool cannot be read at all
     */
    List<Entry> list() throws IOException;

    /** Removes an entry that has been carried out; one that is gone is not missed. */
    void remove(Entry entry) throws IOException;

    /**
     * A request that was put aside.
     *
     * @param name by which the spool knows it until it lists again
     */
    record Entry(String name, CniRequest request) {}
}
