package dev.vpccni.doctor.files;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether udev may change the hardware address of a pod's host interface, which the pod has as a
 * permanent neighbour. It leaves alone what was set by whoever made the link, as ours are.
 */
public final class LinkPolicyCheck implements Check {

    private static final List<String> FOLDERS =
            List.of(
                    "/etc/systemd/network",
                    "/run/systemd/network",
                    "/usr/local/lib/systemd/network",
                    "/usr/lib/systemd/network");

    /** {@code NET_ADDR_SET} of the kernel: somebody has set the address. */
    private static final long SET = 3;

    @Override
    public String id() {
        return "udev-mac-policy";
    }

    @Override
    public String looksFor() {
        return "host interfaces of pods whose hardware address the kernel chose"
                + " (`addr_assign_type` is not 3) where udev has `MACAddressPolicy=persistent`; no"
                + " interface that this daemon or upstream's made is of that kind";
    }

    @Override
    public String breaks() {
        return "udev gives the interface another address, and the pod sends to the old one";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<String> texts =
                Ini.texts(host.files(), List.of(), FOLDERS, "99-default.link").orNull();
        boolean persistent =
                texts != null
                        && Ini.settings(texts, "Link").stream()
                                .anyMatch(setting ->
                                        setting.name().equals("MACAddressPolicy")
                                                && setting.value().equals("persistent"));
        if (!persistent) {
            return List.of();
        }
        var findings = new ArrayList<Finding>();
        for (SeenLink link : host.kernel().links().or(List.of())) {
            String text =
                    host.files()
                            .text("/sys/class/net/" + link.name() + "/addr_assign_type")
                            .or("3");
            if (InterfaceNames.isHost(expected.vethPrefix(), link.name())
                    && !text.strip().equals(Long.toString(SET))) {
                findings.add(
                        warning(
                                link.name()
                                        + " has addr_assign_type "
                                        + text.strip()
                                        + ", and MACAddressPolicy is persistent",
                                "printf '[Match]\\nDriver=veth\\n[Link]\\nMACAddressPolicy=none\\n'"
                                        + " > /etc/systemd/network/01-vpc-cni.link"
                                        + " && udevadm control --reload"));
            }
        }
        return findings;
    }
}
