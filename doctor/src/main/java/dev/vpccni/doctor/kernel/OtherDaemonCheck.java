package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenListener;
import dev.vpccni.doctor.snapshot.SeenProcess;
import java.util.ArrayList;
import java.util.List;

/** Whether two daemons serve the node: upstream's beside ours, or two of ours. */
public final class OtherDaemonCheck implements Check {

    private static final String UPSTREAMS = "aws-k8s-agent";

    /** Upstream's gRPC and introspection of the past and the present. */
    private static final List<String> PORTS = List.of("50051", "61679");

    private static final String SOCKET = "ipamd.sock";

    @Override
    public String id() {
        return "two-daemons";
    }

    @Override
    public String looksFor() {
        return "upstream's `aws-k8s-agent`, two daemons of ours, two listeners at one `ipamd.sock`,"
                + " or another program at port 50051 or 61679";
    }

    @Override
    public String breaks() {
        return "both hand out addresses and remove each other's rules: two pods get one address";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        List<SeenProcess> processes = host.node().processes().or(List.of());
        List<SeenProcess> ours = processes.stream().filter(SeenProcess::ours).toList();
        for (SeenProcess process : processes) {
            if (process.name().equals(UPSTREAMS)) {
                findings.add(
                        wrong(
                                UPSTREAMS + " runs, as process " + process.id(),
                                "kill " + process.id()));
            }
        }
        if (ours.size() > 1) {
            findings.add(
                    wrong(
                            ours.size() + " daemons run, the last as " + ours.getLast().id(),
                            "kill " + ours.getLast().id()));
        }
        listeners(host, processes, findings);
        return findings;
    }

    private void listeners(HostSnapshot host, List<SeenProcess> processes, List<Finding> findings) {
        SeenListener first = null;
        for (SeenListener listener : host.node().listeners().or(List.of())) {
            boolean socket = listener.place().endsWith("/" + SOCKET);
            if (socket
                    && first != null
                    && first.place().equals(listener.place())
                    && listener.process() != first.process()) {
                findings.add(
                        wrong(
                                "two processes listen at "
                                        + listener.place()
                                        + ", "
                                        + first.process()
                                        + " and "
                                        + listener.process(),
                                "kill " + Math.max(first.process(), listener.process())));
            }
            first = socket ? listener : first;
            boolean others =
                    processes.stream()
                            .anyMatch(process ->
                                    process.id() == listener.process()
                                            && !process.ours()
                                            && !process.name().equals(UPSTREAMS));
            if (PORTS.contains(listener.place()) && others) {
                findings.add(
                        warning(
                                "process "
                                        + listener.process()
                                        + " listens at port "
                                        + listener.place(),
                                "kill " + listener.process()));
            }
        }
    }
}
