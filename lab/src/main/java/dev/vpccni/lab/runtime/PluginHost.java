package dev.vpccni.lab.runtime;

import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.util.SortedMap;

/** The computer on which plugins lie and run. */
public interface PluginHost {

    /** Returns the folders in which plugins are looked for: {@code CNI_PATH}. */
    String path();

    /**
     * Runs a plugin.
     *
     * @param type the name of its file in one of the folders
     * @param environment all of its environment
     * @param input what it reads
     * @throws IOException if it cannot be found or started, or does not end
     */
    Program.Ended run(String type, SortedMap<String, String> environment, String input)
            throws IOException;
}
