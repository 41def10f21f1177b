package dev.vpccni.host.examination;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.PacketFilters;
import dev.vpccni.doctor.snapshot.PacketFilters.Which;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.List;
import java.util.TreeMap;

/** Asks iptables(8) and nft(8), each program for so much and so long. */
final class FilterReader {

    private final Programs programs;
    private final int tokensMax;

    FilterReader(Programs programs, Sight sight) {
        this.programs = programs.within(sight.outputMax(), Sight.PROGRAM);
        this.tokensMax = sight.tokensMax();
    }

    PacketFilters read() throws InterruptedException {
        var saved = new TreeMap<Which, Fact<String>>();
        for (Backend backend : Backend.values()) {
            for (IpFamily family : IpFamily.values()) {
                var which = new Which(backend, family);
                saved.put(which, run(which.program() + "-save"));
            }
        }
        return new PacketFilters(saved, nft(), run("iptables", "--version").map(Backend::of));
    }

    private Fact<List<FilterChain>> nft() throws InterruptedException {
        Fact<String> printed = run("nft", "-j", "list", "ruleset");
        if (!(printed instanceof Fact.Seen<String>(String text))) {
            return printed.map(_ -> List.of());
        }
        try {
            return new Fact.Seen<>(NftChains.parse(text, tokensMax));
        } catch (JsonException e) {
            return new Fact.Unseen<>(FileReader.why(e));
        }
    }

    private Fact<String> run(String... command) throws InterruptedException {
        try {
            return new Fact.Seen<>(programs.demand("", command));
        } catch (HostException e) {
            return new Fact.Unseen<>(FileReader.why(e));
        }
    }
}
