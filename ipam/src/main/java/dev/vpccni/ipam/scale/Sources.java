package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import java.util.List;

/**
 * Where further interfaces may come from.
 *
 * @param templates the best first; what the first cannot give the next is asked for
 * @param lack why there is none, and what to do about it; empty if there is one
 */
public record Sources(List<InterfaceTemplate> templates, String lack) {

    public Sources {
        templates = List.copyOf(templates);
        if (templates.isEmpty() == lack.isEmpty()) {
            throw new IllegalArgumentException(
                    templates.size() + " templates, and as their lack \"" + lack + "\"");
        }
    }

    /** Returns the only source. */
    public static Sources of(InterfaceTemplate template) {
        return new Sources(List.of(template), "");
    }

    /**
     * Returns that there is none.
     *
     * @param lack why, and what to do about it
     */
    public static Sources none(String lack) {
        return new Sources(List.of(), lack);
    }
}
