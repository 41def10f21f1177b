package dev.vpccni.emulator.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;

/**
 * In which network namespace servers listen. Only their sockets are made there: a thread that is
 * started or woken in another namespace stays in it, and so does whatever it starts later, such as
 * the carriers of all virtual threads.
 */
public interface Binding {

    /** The namespace of whoever starts a server. */
    Binding HERE = Creation::create;

    /** Makes a server that does not serve yet. */
    interface Creation {
        HttpServer create() throws IOException;
    }

    /** Returns what {@code creation} has made in the namespace. */
    HttpServer bind(Creation creation) throws IOException;
}
