package dev.vpccni.simulation.host;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A node's disk, with a file for each network card whose ledger was ever written. */
public final class LosingDisk {

    private static final Duration LATENCY = Duration.ofNanos(100_000);

    private final SortedMap<Integer, LosingStore> files = new TreeMap<>();
    private boolean full;

    /** Returns what survives now of each file, that of the first card first. */
    public List<Checkpoint> durable() {
        return files.values().stream().map(LosingStore::durable).toList();
    }

    /** Makes each write fail, or succeed again. */
    public void full(boolean changed) {
        full = changed;
        files.values().forEach(file -> file.full(changed));
    }

    /** Tells whether each write fails now. */
    public boolean isFull() {
        return full;
    }

    /** Loses every file. */
    public void lose() {
        files.values().forEach(LosingStore::lose);
    }

    /** Returns how often files were written. */
    public int writes() {
        int writes = 0;
        for (LosingStore file : files.values()) {
            writes += file.writes();
        }
        return writes;
    }

    /** Returns the disk as {@code daemon} reaches it. */
    LedgerStores of(SimulatedProcess daemon) {
        return new LedgerStores() {
            @Override
            public LedgerStore of(int card) {
                return file(card).of(daemon);
            }

            @Override
            public SortedSet<Integer> furtherCards() {
                daemon.cross(LATENCY);
                var further = new TreeSet<Integer>();
                files.forEach((card, file) -> {
                    if (card > 0 && file.exists()) {
                        further.add(card);
                    }
                });
                return Collections.unmodifiableSortedSet(further);
            }
        };
    }

    private LosingStore file(int card) {
        return files.computeIfAbsent(
                card,
                _ -> {
                    var file = new LosingStore();
                    file.full(full);
                    return file;
                });
    }
}
