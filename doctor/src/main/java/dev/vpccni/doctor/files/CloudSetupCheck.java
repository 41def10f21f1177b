package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.ArrayList;
import java.util.List;

/** Whether NetworkManager's service for clouds configures the interfaces that are pods'. */
public final class CloudSetupCheck implements Check {

    private static final List<String> WANTS =
            List.of(
                    "/etc/systemd/system/timers.target.wants",
                    "/etc/systemd/system/multi-user.target.wants",
                    "/etc/systemd/system/NetworkManager.service.wants");

    @Override
    public String id() {
        return "nm-cloud-setup";
    }

    @Override
    public String looksFor() {
        return "`nm-cloud-setup.service` or its timer enabled";
    }

    @Override
    public String breaks() {
        return "it gives pods' addresses to the node's own interfaces, and adds rules that lead"
                + " pods' traffic into tables of its own";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var enabled = new ArrayList<String>();
        for (String folder : WANTS) {
            for (String unit : host.files().folder(folder).or(List.of())) {
                if (unit.startsWith("nm-cloud-setup.")) {
                    enabled.add(unit);
                }
            }
        }
        if (enabled.isEmpty()) {
            return List.of();
        }
        return List.of(
                wrong(
                        String.join(" and ", enabled) + " is enabled",
                        "systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service"));
    }
}
