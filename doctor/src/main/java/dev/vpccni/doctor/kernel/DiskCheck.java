package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.NodeState;
import java.util.List;

/** Whether the checkpoint can be written. */
public final class DiskCheck implements Check {

    /** Bytes: the largest checkpoint twice, and the spool's requests besides. */
    private static final long LEAST = 16L << 20;

    /** Bytes: what a log may fill in a minute. */
    private static final long LITTLE = 64L << 20;

    @Override
    public String id() {
        return "checkpoint-disk";
    }

    @Override
    public String looksFor() {
        return "the checkpoint's folder not writable, or on a file system with less than 16 MiB"
                + " left (wrong), or 64 MiB (warning)";
    }

    @Override
    public String breaks() {
        return "no pod starts: an address is not handed out before it is on the disk";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        NodeState.Disk disk = host.node().disk().orNull();
        if (disk == null) {
            return List.of();
        }
        String folder = expected.checkpointFolder();
        String point = "$(df --output=target " + ShellWord.of(folder) + " | tail -n 1)";
        if (!disk.writable()) {
            return List.of(
                    wrong(
                            "nothing can be written into " + folder,
                            "mount -o remount,rw \"" + point + "\""));
        }
        if (disk.free() >= LITTLE) {
            return List.of();
        }
        String seen =
                "%s has %d MiB left of %d MiB"
                        .formatted(folder, disk.free() >> 20, disk.size() >> 20);
        // What fills it has to be found by somebody; what cannot be missed goes first.
        String remedy = "du -xsm \"" + point + "\"/* | sort -n | tail";
        return List.of(disk.free() < LEAST ? wrong(seen, remedy) : warning(seen, remedy));
    }
}
