package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.explanation.ActionText;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Tasks;
import dev.vpccni.node.work.WorkKey;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan's actions in EC2, each as a task of its own, and takes up what the ledger says
 * has begun and nobody works on: after a failure, or a restart.
 */
public final class PoolChanges {

    private static final Duration A_MOMENT = Duration.ofMillis(250);

    /** How old knowledge of subnets' tags may be when an interface is made. */
    private static final Duration TAGS_OLD = Duration.ofMinutes(1);

    private final Interfaces interfaces;
    private final Addresses addresses;
    private final Subnets subnets;
    private final LedgerKeeper keeper;
    private final AddressAvailability availability;
    private final Explanations explanations;
    private final Tasks tasks;
    private final Doubts doubts;
    private final Tempo tempo;
    private final RandomGenerator random;

    /** Who is told that EC2 is not as the ledger has it. */
    public interface Doubts {

        /** EC2 may have attached interfaces that nobody here knows of. */
        void attachments();

        /** EC2 may have made an interface that nobody here will ever hear of. */
        void lostInterfaces();
    }

    /**
     * @param random draws idempotency tokens
     */
    public PoolChanges(
            Interfaces interfaces,
            Addresses addresses,
            Subnets subnets,
            LedgerKeeper keeper,
            AddressAvailability availability,
            Explanations explanations,
            Tasks tasks,
            Doubts doubts,
            Tempo tempo,
            RandomGenerator random) {
        this.interfaces = interfaces;
        this.addresses = addresses;
        this.subnets = subnets;
        this.keeper = keeper;
        this.availability = availability;
        this.explanations = explanations;
        this.tasks = tasks;
        this.doubts = doubts;
        this.tempo = tempo;
        this.random = random;
    }

    /**
     * An action, ready to be carried out.
     *
     * @param key whom nobody else may be working on
     * @param counted what a failure is counted for
     * @param text for explanations
     * @param beginning what the ledger must hold before {@code work} starts
     */
    record Change(WorkKey key, WorkKey counted, String text, Command beginning, Tasks.Work work) {}

    /** Calls {@code listener} whenever a task has ended. */
    void onEnd(Runnable listener) {
        tasks.onEnd(listener);
    }

    /**
     * Returns how long {@code change} is left alone: after it failed, or while its like is at work.
     */
    Duration rest(Change change) {
        return tasks.isBusy(change.key) ? A_MOMENT : tasks.rest(change.counted);
    }

    /**
     * Tells whether subnets are being looked at, whose tags say where an interface may be made; if
     * that was long ago, it is begun.
     */
    boolean looksAtSubnets() {
        var key = new WorkKey.Subnets();
        if (!tasks.isBusy(key) && subnets.isOlder(TAGS_OLD)) {
            tasks.start(key, "look at subnets", () -> subnets.refresh(TAGS_OLD));
        }
        return tasks.isBusy(key);
    }

    /** Prepares {@code action}. */
    Change prepare(Action action) {
        return switch (action) {
            case Action.AssignTo(InterfaceId id, BlockKind kind, int count) -> {
                var key = new WorkKey.Assign(id);
                yield new Change(
                        key,
                        key,
                        ActionText.of(action),
                        new Command.BeginAssign(id, kind, count),
                        () -> acquire(id, kind, count));
            }
            case Action.CreateInterface(
                            InterfaceTemplate template,
                            int device,
                            BlockKind kind,
                            int count) -> {
                String token = token();
                yield new Change(
                        new WorkKey.Create(token),
                        new WorkKey.CreateIn(template.subnet()),
                        ActionText.of(action),
                        new Command.BeginCreate(token, template, device, kind, count, tempo.wall()),
                        () -> create(token));
            }
            case Action.ReleaseFrom(InterfaceId id, List<Cidr> some) -> {
                var key = new WorkKey.Release(id);
                yield new Change(
                        key,
                        key,
                        ActionText.of(action),
                        new Command.BeginRelease(id, some),
                        () -> addresses.giveBack(id, some, true));
            }
            case Action.RemoveInterface(InterfaceId id) -> {
                var key = new WorkKey.Remove(id);
                yield new Change(
                        key,
                        key,
                        ActionText.of(action),
                        new Command.BeginRemoval(id),
                        () -> interfaces.remove(id, true));
            }
        };
    }

    /** Carries out {@code change}, whose beginning the ledger holds, beside the caller. */
    void start(Change change) {
        tasks.start(
                change.key, change.counted, change.text, change.work, () -> isBegun(change.key));
    }

    /**
     * Takes up what has begun and nobody works on.
     *
     * @return how long to wait before calling this again
     */
    Duration resume(Ledger ledger) {
        Duration wait = LedgerKeeper.A_LONG_TIME;
        for (Intent.Create begun : ledger.creates()) {
            var key = new WorkKey.Create(begun.token());
            String name = "finish the interface begun at " + begun.created();
            wait = resume(wait, key, name, () -> finish(begun));
        }
        for (HeldInterface held : ledger.interfaces()) {
            InterfaceId id = held.id();
            if (held.stage() == InterfaceStage.LEAVING) {
                var key = new WorkKey.Remove(id);
                wait = resume(wait, key, "remove " + id, () -> interfaces.remove(id, false));
                continue;
            }
            if (held.leaving() > 0) {
                var key = new WorkKey.Release(id);
                wait = resume(wait, key, "release from " + id, () -> giveBack(id));
            }
            if (held.arriving().count() > 0) {
                var key = new WorkKey.Assign(id);
                wait = resume(wait, key, "find what arrived on " + id, () -> addresses.finish(id));
            }
        }
        return wait;
    }

    private Duration resume(Duration wait, WorkKey key, String name, Tasks.Work work) {
        if (tasks.isBusy(key)) {
            return wait;
        }
        Duration rest = tasks.rest(key);
        if (rest.isPositive()) {
            return rest.compareTo(wait) < 0 ? rest : wait;
        }
        tasks.start(key, key, name, work, () -> isBegun(key));
        return wait;
    }

    /** Tells whether the ledger still holds the beginning of the work on {@code key}. */
    private boolean isBegun(WorkKey key) {
        Ledger ledger = keeper.ledger();
        return switch (key) {
            case WorkKey.Assign(InterfaceId id) -> {
                HeldInterface held = ledger.find(id);
                yield held != null && held.arriving().count() > 0;
            }
            case WorkKey.Release(InterfaceId id) -> {
                HeldInterface held = ledger.find(id);
                yield held != null && held.leaving() > 0;
            }
            case WorkKey.Remove(InterfaceId id) -> {
                HeldInterface held = ledger.find(id);
                yield held != null && held.stage() == InterfaceStage.LEAVING;
            }
            case WorkKey.Create(String token) -> begun(token) != null;
            case WorkKey.CreateIn _, WorkKey.Subnets _, WorkKey.Upkeep _ -> false;
        };
    }

    private void giveBack(InterfaceId id) throws Ec2Exception, IOException, InterruptedException {
        HeldInterface held = keeper.ledger().find(id);
        if (held != null) {
            addresses.giveBack(id, held.leavingBlocks(), false);
        }
    }

    private void create(String token)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        Intent.Create begun = begun(token);
        if (begun == null) {
            return;
        }
        try {
            interfaces.create(begun);
            grew(begun.template().subnet(), begun.kind(), begun.count(), 1);
        } catch (Ec2Exception e) {
            obstructed(e, begun.template().subnet(), begun.kind(), begun.count(), 1);
            if (begun(token) != null) {
                throw e; // An earlier answer was lost: it is asked for again, after a pause.
            }
        }
    }

    private void finish(Intent.Create begun)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        InterfaceId id = begun.id();
        if (id == null) {
            // If it was asked for in other words, or EC2 made it and may not be asked any more, EC2
            // has an interface that nobody will hear of.
            doubts.lostInterfaces();
            create(begun.token());
            return;
        }
        try {
            interfaces.finish(begun, id);
            availability.problem(null);
        } catch (Ec2Exception e) {
            obstructed(e, begun.template().subnet(), begun.kind(), begun.count(), 1);
        }
    }

    private Intent.@Nullable Create begun(String token) {
        for (Intent.Create create : keeper.ledger().creates()) {
            if (create.token().equals(token)) {
                return create;
            }
        }
        return null;
    }

    private void acquire(InterfaceId id, BlockKind kind, int count)
            throws Ec2Exception, IOException, InterruptedException {
        HeldInterface held = keeper.ledger().find(id);
        try {
            addresses.acquire(id, kind, count);
            if (held != null) {
                grew(held.facts().subnet(), kind, count, 0);
            }
        } catch (Ec2Exception e) {
            if (held == null) {
                throw e;
            }
            obstructed(e, held.facts().subnet(), kind, count, 0);
        }
    }

    /**
     * @param besides single addresses that were taken, too: an interface's own
     */
    private void grew(SubnetId subnet, BlockKind kind, int count, int besides) {
        subnets.gave(subnet, kind, count, besides);
        availability.problem(null);
    }

    /** Remembers why there are no more addresses; a full subnet is no failure of the request. */
    private void obstructed(
            Ec2Exception cause, SubnetId subnet, BlockKind kind, int count, int besides)
            throws Ec2Exception {
        AddressAvailability.Problem problem = Ec2Problems.of(cause, subnet);
        availability.problem(problem);
        switch (cause.failure()) {
            case Ec2Failure.SubnetFull _ -> {
                explanations.add("leave " + subnet + " alone for a while", problem.reason());
                subnets.refused(subnet, kind, count, besides);
            }
            case Ec2Failure.Fragmented _ -> {
                explanations.add(
                        "ask " + subnet + " for no prefixes for a while", problem.reason());
                subnets.fragmented(subnet, count);
            }
            case Ec2Failure.DeviceTaken _, Ec2Failure.LimitExceeded _ -> {
                doubts.attachments();
                throw cause;
            }
            default -> throw cause;
        }
    }

    private String token() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
