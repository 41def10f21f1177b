package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether systemd-networkd removes rules and routes that it did not make. */
public final class NetworkdCheck implements Check {

    private static final List<String> FOLDERS =
            List.of("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd");

    private static final List<String> SETTINGS =
            List.of("ManageForeignRoutingPolicyRules", "ManageForeignRoutes");

    private static final List<String> NO = List.of("no", "false", "off", "0", "n", "f");

    /** It writes this when it starts; the folder may be there without it. */
    private static final String STATE = "/run/systemd/netif/state";

    @Override
    public String id() {
        return "networkd-foreign";
    }

    @Override
    public String looksFor() {
        return "a systemd-networkd that runs with `ManageForeignRoutingPolicyRules` or"
                + " `ManageForeignRoutes` not off, in `networkd.conf` and its drop-ins";
    }

    @Override
    public String breaks() {
        return "when networkd starts anew or a link changes, it removes pods' rules, and routes of"
                + " secondary interfaces";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<String> texts =
                Ini.texts(
                                host.files(),
                                FOLDERS.stream().map(f -> f + "/networkd.conf").toList(),
                                FOLDERS.stream().map(f -> f + "/networkd.conf.d").toList(),
                                ".conf")
                        .orNull();
        if (!runs(host) || texts == null) {
            return List.of();
        }
        List<Ini.Setting> settings = Ini.settings(texts, "Network");
        var on = new ArrayList<String>();
        for (String name : SETTINGS) {
            // What is not said is yes.
            String value = "yes";
            for (Ini.Setting setting : settings) {
                value = setting.name().equals(name) ? setting.value() : value;
            }
            if (!NO.contains(value.toLowerCase(Locale.ROOT))) {
                on.add(name);
            }
        }
        if (on.isEmpty()) {
            return List.of();
        }
        String file = "/etc/systemd/networkd.conf.d/zz-vpc-cni.conf";
        return List.of(
                wrong(
                        "systemd-networkd runs, and "
                                + String.join(" and ", on)
                                + (on.size() == 1 ? " is not off" : " are not off"),
                        "mkdir -p /etc/systemd/networkd.conf.d && printf '[Network]\\n"
                                + "ManageForeignRoutingPolicyRules=no\\nManageForeignRoutes=no\\n'"
                                + " > "
                                + file
                                + " && systemctl restart systemd-networkd"));
    }

    private static boolean runs(HostSnapshot host) {
        return host.files().text(STATE).orNull() != null
                || host.node().processes().or(List.of()).stream()
                        .map(SeenProcess::name)
                        // The kernel keeps 15 characters of a name.
                        .anyMatch("systemd-network"::equals);
    }
}
