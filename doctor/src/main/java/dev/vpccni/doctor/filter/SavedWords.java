package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.doctor.check.ShellWord;
import java.util.stream.Collectors;

/** A rule as iptables-save(8) prints it, for a shell. */
final class SavedWords {

    private SavedWords() {}

    /** Returns the rule's words, each quoted as a shell needs it. */
    static String forShell(String rule) {
        return SavedTable.words(rule).stream().map(ShellWord::of).collect(Collectors.joining(" "));
    }
}
