package dev.vpccni.doctor.files;

import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.HostFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Settings in sections, as the programs of systemd and NetworkManager have them, spread over files.
 */
final class Ini {

    private Ini() {}

    /** A line {@code name=value} of a section; what is before the sign counts as the name. */
    record Setting(String name, String value) {}

    /**
     * Returns the settings of a section in the order in which they count, the last one most. Lines
     * that make no sense mean nothing, as they do to those programs.
     */
    static List<Setting> settings(List<String> texts, String section) {
        var settings = new ArrayList<Setting>();
        for (String text : texts) {
            boolean inside = false;
            for (String raw : text.lines().toList()) {
                String line = raw.strip();
                int sign = line.indexOf('=');
                if (line.startsWith("[")) {
                    inside = line.equals("[" + section + "]");
                } else if (inside && sign > 0 && !line.startsWith("#") && !line.startsWith(";")) {
                    settings.add(
                            new Setting(
                                    line.substring(0, sign).strip(),
                                    line.substring(sign + 1).strip()));
                }
            }
        }
        return settings;
    }

    /**
     * Returns the texts of the first of {@code files} that exists and of the files with {@code
     * ending} in {@code folders}, by their names; of two with one name that in the earlier folder
     * counts. Unseen if one of them is.
     */
    static Fact<List<String>> texts(
            HostFiles host, List<String> files, List<String> folders, String ending) {
        var texts = new ArrayList<String>();
        for (String file : files) {
            switch (host.text(file)) {
                case Fact.Seen<String>(String text) when texts.isEmpty() -> texts.add(text);
                case Fact.Seen<String>(String _) -> {}
                case Fact.Absent<String>() -> {}
                case Fact.Unseen<String>(String why) -> {
                    return new Fact.Unseen<>(why);
                }
            }
        }
        var byName = new TreeMap<String, String>();
        for (String folder : folders) {
            if (host.folder(folder) instanceof Fact.Unseen<List<String>>(String why)) {
                return new Fact.Unseen<>(why);
            }
            for (String name : host.folder(folder).or(List.of())) {
                if (name.endsWith(ending)) {
                    byName.putIfAbsent(name, folder + "/" + name);
                }
            }
        }
        for (String path : byName.values()) {
            if (host.text(path) instanceof Fact.Unseen<String>(String why)) {
                return new Fact.Unseen<>(why);
            }
            texts.add(host.text(path).or(""));
        }
        return new Fact.Seen<>(texts);
    }
}
