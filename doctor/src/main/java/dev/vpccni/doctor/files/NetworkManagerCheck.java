package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether a NetworkManager that runs may take pods' links for its own. */
public final class NetworkManagerCheck implements Check {

    private static final List<String> FOLDERS =
            List.of(
                    "/etc/NetworkManager/conf.d",
                    "/run/NetworkManager/conf.d",
                    "/usr/lib/NetworkManager/conf.d");

    /** Is there while it runs. */
    private static final String STATE = "/run/NetworkManager";

    @Override
    public String id() {
        return "networkmanager-links";
    }

    @Override
    public String looksFor() {
        return "a NetworkManager that runs without `unmanaged-devices` for pods' host interfaces";
    }

    @Override
    public String breaks() {
        return "NetworkManager may configure pods' links, and take their routes away";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<String> texts =
                Ini.texts(
                                host.files(),
                                List.of("/etc/NetworkManager/NetworkManager.conf"),
                                FOLDERS,
                                ".conf")
                        .orNull();
        if (!runs(host) || texts == null) {
            return List.of();
        }
        String pods = "interface-name:" + expected.vethPrefix() + "*";
        var unmanaged = new ArrayList<String>();
        for (Ini.Setting setting : Ini.settings(texts, "keyfile")) {
            List<String> named = Arrays.asList(setting.value().split("[;,]"));
            switch (setting.name()) {
                case "unmanaged-devices" -> {
                    unmanaged.clear();
                    unmanaged.addAll(named);
                }
                case "unmanaged-devices+" -> unmanaged.addAll(named);
                case "unmanaged-devices-" -> unmanaged.removeAll(named);
                default -> {}
            }
        }
        boolean covered =
                unmanaged.stream()
                        .map(String::strip)
                        .anyMatch(device ->
                                List.of(pods, "*", "interface-name:*", "driver:veth", "type:veth")
                                        .contains(device));
        if (covered) {
            return List.of();
        }
        return List.of(
                warning(
                        "NetworkManager runs, and unmanaged-devices does not name " + pods,
                        "mkdir -p /etc/NetworkManager/conf.d && printf '%s\\n' '[keyfile]' "
                                + ShellWord.of("unmanaged-devices+=" + pods)
                                + " > /etc/NetworkManager/conf.d/zz-vpc-cni.conf"
                                + " && systemctl reload NetworkManager"));
    }

    private static boolean runs(HostSnapshot host) {
        return host.files().hasFolder(STATE)
                || host.node().processes().or(List.of()).stream()
                        .map(SeenProcess::name)
                        .anyMatch("NetworkManager"::equals);
    }
}
