package dev.vpccni.cni;

import org.jspecify.annotations.Nullable;

/** What a runtime can ask a plugin to do; the names are those of {@code CNI_COMMAND}. */
public enum CniCommand {
    /** Connect a container to the network, or change how it is connected. */
    ADD,
    /** Undo an {@link #ADD}; must succeed however often it is asked. */
    DEL,
    /** Say whether a container is still connected as its result says. */
    CHECK,
    /** Say whether an {@link #ADD} would be served now. */
    STATUS,
    /** Let go of what belongs to no container that the runtime knows. */
    GC,
    /** Say which versions of the protocol are spoken. */
    VERSION;

    /** Returns the command that {@code text} names, or null if there is none. */
    public static @Nullable CniCommand named(String text) {
        for (CniCommand command : values()) {
            if (command.name().equals(text)) {
                return command;
            }
        }
        return null;
    }

    /** Tells whether the command concerns one container, which its environment then names. */
    public boolean concernsContainer() {
        return switch (this) {
            case ADD, DEL, CHECK -> true;
            case STATUS, GC, VERSION -> false;
        };
    }
}
