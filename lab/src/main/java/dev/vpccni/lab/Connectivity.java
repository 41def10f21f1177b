package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.emulator.fabric.Witness;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.vpc.api.AddressBlocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Who reaches whom in a lab, by packets: each pod and each node asks every other one, and the
 * servers around the VPC, which address it was seen with.
 *
 * @param ends the columns, and the rows but for those that are servers only
 * @param seen by row and column; null where nothing arrived, or where the two are the same
 */
record Connectivity(List<End> ends, List<List<@Nullable String>> seen) {

    private static final int PATIENCE_MILLIS = 2_000;

    /** Beyond this, a matrix takes long, and does not fit any screen. */
    private static final int MOST_PODS = 30;

    /**
     * Someone who is asked, and who asks unless it is a server around the VPC.
     *
     * @param kind {@code pod}, {@code node} or {@code server}
     * @param place the node of a pod, else empty
     * @param namespace the file of the namespace to ask from
     */
    record End(String name, String kind, String place, String address, @Nullable Path namespace) {

        boolean asks() {
            return namespace != null;
        }
    }

    /** Measures everything, and leaves nothing behind. */
    static Connectivity measure(Lab lab) throws IOException {
        List<End> ends = ends(lab);
        var witnesses = new ArrayList<Witness>();
        try {
            for (End end : ends) {
                if (end.namespace() != null) {
                    witnesses.add(Witness.start(lab.thread(), end.namespace()));
                }
            }
            return new Connectivity(ends, ask(lab.thread(), ends));
        } finally {
            for (Witness witness : witnesses) {
                witness.close();
            }
        }
    }

    /** Returns the rows: those who ask. */
    List<End> askers() {
        return ends.stream().filter(End::asks).toList();
    }

    /** Returns everything as {@code -o json} prints it. */
    Map<String, @Nullable Object> asMap() {
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        List<End> askers = askers();
        for (int row = 0; row < askers.size(); row++) {
            var results = new ArrayList<Map<String, @Nullable Object>>();
            for (int column = 0; column < ends.size(); column++) {
                if (!ends.get(column).equals(askers.get(row))) {
                    var result = new LinkedHashMap<String, @Nullable Object>();
                    result.put("to", ends.get(column).name());
                    result.put("address", ends.get(column).address());
                    result.put("seen", seen.get(row).get(column));
                    results.add(result);
                }
            }
            var line = new LinkedHashMap<String, @Nullable Object>();
            line.put("from", askers.get(row).name());
            line.put("kind", askers.get(row).kind());
            line.put("address", askers.get(row).address());
            line.put("results", results);
            rows.add(line);
        }
        return new LinkedHashMap<>(Map.of("rows", rows));
    }

    private static List<End> ends(Lab lab) throws IOException {
        var ends = new ArrayList<End>();
        for (Pod pod : lab.pods().running().values()) {
            String address = pod.address();
            if (address != null) {
                Path namespaces = lab.pods().machine(pod).node().files().namespaces();
                ends.add(
                        new End(
                                pod.name(),
                                "pod",
                                pod.node(),
                                address,
                                namespaces.resolve(pod.networkNamespace())));
            }
        }
        if (ends.size() > MOST_PODS) {
            throw new IOException(
                    ends.size() + " pods are too many for a matrix; it holds " + MOST_PODS);
        }
        boolean ipv6 = lab.settings().topology().ipv6();
        for (LabNode machine : lab.machines()) {
            AddressBlocks own = lab.cloud().interfaces(machine.instance().id()).getFirst().held();
            String address = (ipv6 ? own.ipv6Addresses() : own.addresses()).getFirst().toString();
            ends.add(new End(machine.name(), "node", "", address, machine.node().network()));
        }
        FabricPlan plan = lab.cloud().fabric().plan();
        ends.add(server("endpoint", plan.serviceEndpoint().toString()));
        ends.add(server("premises", FabricPlan.PREMISES_SERVER.toString()));
        ends.add(server("internet", FabricPlan.INTERNET_SERVER.toString()));
        if (ipv6) {
            ends.add(server("internet6", FabricPlan.INTERNET_SERVER_IPV6.toString()));
        }
        return ends;
    }

    private static End server(String name, String address) {
        return new End(name, "server", "", address, null);
    }

    private static List<List<@Nullable String>> ask(NamespaceThread thread, List<End> ends)
            throws IOException {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<List<Future<String>>>();
            for (End from : ends) {
                Path namespace = from.namespace();
                if (namespace != null) {
                    var row = new ArrayList<Future<String>>();
                    for (End to : ends) {
                        row.add(tasks.submit(() -> ask(thread, namespace, from, to)));
                    }
                    pending.add(row);
                }
            }
            var seen = new ArrayList<List<@Nullable String>>();
            for (List<Future<String>> row : pending) {
                var line = new ArrayList<@Nullable String>();
                for (Future<String> answer : row) {
                    String address = answer.get();
                    line.add(address.isEmpty() ? null : address);
                }
                seen.add(line);
            }
            return seen;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /** Empty where nothing arrived: that is a result, too. */
    private static String ask(NamespaceThread thread, Path namespace, End from, End to) {
        if (from.equals(to)) {
            return "";
        }
        try {
            var server = new InetSocketAddress(to.address(), Witness.PORT);
            return Witness.ask(thread, namespace, server, PATIENCE_MILLIS);
        } catch (IOException unreachable) {
            return "";
        }
    }
}
