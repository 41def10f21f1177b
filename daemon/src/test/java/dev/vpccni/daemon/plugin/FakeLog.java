package dev.vpccni.daemon.plugin;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what was said. */
class FakeLog implements CallLog {

    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void info(String message) {
        lines.add(message);
    }

    @Override
    public void warn(String message) {
        lines.add(message);
    }

    @Override
    public void error(String message, Throwable cause) {
        lines.add(message + ": " + cause);
    }
}
