package dev.vpccni.node;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Slot;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where changes in EC2 are carried out, each as a task of its own, and picked up again after a
 * failure or a restart: what the ledger says has begun and nobody works on is worked on.
 */
final class Workshop {

    private static final String CREATE = "create in ";
    private static final String SWEEP = "look for lost interfaces";
    private static final Duration A_MOMENT = Duration.ofMillis(250);

    private final Interfaces interfaces;
    private final Addresses addresses;
    private final Leaks leaks;
    private final Subnets subnets;
    private final LedgerKeeper keeper;
    private final Supplier<List<SecurityGroupId>> groups;
    private final Outlook outlook;
    private final Explanations explanations;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SortedSet<String> busy = new TreeSet<>();
    private volatile boolean leakSuspected;

    Workshop(
            Interfaces interfaces,
            Addresses addresses,
            Leaks leaks,
            Subnets subnets,
            LedgerKeeper keeper,
            Supplier<List<SecurityGroupId>> groups,
            Outlook outlook,
            Explanations explanations,
            Tempo tempo,
            RandomGenerator random,
            Backoff backoff) {
        this.interfaces = interfaces;
        this.addresses = addresses;
        this.leaks = leaks;
        this.subnets = subnets;
        this.keeper = keeper;
        this.groups = groups;
        this.outlook = outlook;
        this.explanations = explanations;
        this.tempo = tempo;
        this.random = random;
        this.backoff = backoff;
    }

    /** Something that may fail in each of the ways in which the outside fails. */
    interface Work {
        void run() throws Ec2Exception, HostException, IOException, InterruptedException;
    }

    /**
     * An action, ready to be carried out.
     *
     * @param name what failures are counted under
     * @param id whom nobody else may be working on
     * @param text for explanations
     * @param beginning what the ledger must hold before {@code work} starts
     */
    record Job(String name, String id, String text, Command beginning, Work work) {}

    /** Calls {@code listener} whenever a task has ended. */
    void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Returns how long {@code job} is left alone: after it failed, while the last one of its kind
     * has not ended, or because an interface in the making would look like one that was lost.
     */
    Duration rest(Job job) {
        boolean inTheWay = isBusy(job.id()) || (job.name().startsWith(CREATE) && isBusy(SWEEP));
        return inTheWay ? A_MOMENT : backoff.rest(job.name());
    }

    /** Prepares {@code action}. */
    Job job(Action action) {
        return switch (action) {
            case Action.AssignTo(InterfaceId id, int count) ->
                    new Job(
                            "assign to " + id,
                            "assign " + id,
                            "assign " + count + " more addresses to " + id,
                            new Command.BeginAssign(id, count),
                            () -> acquire(id, count));
            case Action.CreateInterface(SubnetId subnet, int device, int count) -> {
                String token = token();
                yield new Job(
                        CREATE + subnet,
                        token,
                        "create an interface with " + count + " addresses in " + subnet,
                        new Command.BeginCreate(token, device, count),
                        () -> create(token, subnet));
            }
            case Action.ReleaseFrom(InterfaceId id, List<Ipv4Address> some) ->
                    new Job(
                            "release from " + id,
                            "release " + id,
                            "give " + some.size() + " addresses of " + id + " back",
                            new Command.BeginRelease(id, some),
                            () -> addresses.giveBack(id, some));
            case Action.RemoveInterface(InterfaceId id) ->
                    new Job(
                            "remove " + id,
                            "remove " + id,
                            "remove interface " + id,
                            new Command.BeginRemoval(id),
                            () -> interfaces.remove(id));
        };
    }

    /** Carries out {@code job}, whose beginning the ledger holds, beside the caller. */
    void start(Job job) {
        start(job.name(), job.id(), job.work());
    }

    /**
     * Takes up what has begun and nobody works on.
     *
     * @return how long to wait before calling this again
     */
    Duration resume(Ledger ledger) {
        Duration wait = LedgerKeeper.A_LONG_TIME;
        for (Checkpoint.Intent.Create begun : ledger.creates()) {
            wait = resume(wait, "finish " + begun.token(), begun.token(), () -> finish(begun));
        }
        for (HeldInterface held : ledger.interfaces()) {
            InterfaceId id = held.id();
            if (held.stage() == InterfaceStage.LEAVING) {
                wait = resume(wait, "remove " + id, "remove " + id, () -> interfaces.remove(id));
            } else if (held.leaving() > 0) {
                List<Ipv4Address> leaving = leaving(held);
                wait =
                        resume(
                                wait,
                                "release from " + id,
                                "release " + id,
                                () -> addresses.giveBack(id, leaving));
            }
        }
        return wait;
    }

    /**
     * Looks for interfaces that were lost, if there may be any and none is in the making.
     *
     * @return how long to wait before calling this again
     */
    Duration sweepIfIdle() {
        return leakSuspected && keeper.ledger().creates().isEmpty()
                ? resume(LedgerKeeper.A_LONG_TIME, SWEEP, SWEEP, this::sweep)
                : LedgerKeeper.A_LONG_TIME;
    }

    /** Makes {@link #sweepIfIdle} look. */
    void suspectLeak() {
        leakSuspected = true;
    }

    private Duration resume(Duration wait, String name, String id, Work work) {
        if (isBusy(id)) {
            return wait;
        }
        Duration rest = backoff.rest(name);
        if (rest.isPositive()) {
            return rest.compareTo(wait) < 0 ? rest : wait;
        }
        start(name, id, work);
        return wait;
    }

    private boolean isBusy(String id) {
        synchronized (busy) {
            return busy.contains(id);
        }
    }

    private void start(String name, String id, Work work) {
        synchronized (busy) {
            if (!busy.add(id)) {
                throw new IllegalStateException("somebody is at it: " + id);
            }
        }
        tempo.start(
                name,
                () -> {
                    try {
                        work.run();
                        backoff.succeeded(name);
                    } catch (Ec2Exception e) {
                        failed(name, e);
                    } catch (HostException | IOException e) {
                        failed(name, e);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    } finally {
                        synchronized (busy) {
                            busy.remove(id);
                        }
                        listeners.forEach(Runnable::run);
                    }
                });
    }

    private void create(String token, SubnetId subnet)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        Checkpoint.Intent.Create begun = begun(token);
        if (begun == null) {
            return;
        }
        try {
            interfaces.create(
                    interfaces.describe(
                            token, subnet, groups.get(), begun.addresses(), begun.since()),
                    begun.device());
            grew(subnet, begun.addresses() + 1);
        } catch (Ec2Exception e) {
            obstructed(e, subnet, begun.addresses() + 1);
        }
    }

    private void finish(Checkpoint.Intent.Create begun)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        InterfaceId id = begun.id();
        if (id != null) {
            interfaces.finish(begun.token(), id);
            return;
        }
        try {
            create(begun.token(), subnets.next(tempo.instant()));
        } catch (Ec2Exception e) {
            // If it was asked for in other words, EC2 has an interface that nobody knows.
            leakSuspected |= e.failure() instanceof Ec2Failure.Rejected;
            throw e;
        }
    }

    private Checkpoint.Intent.@Nullable Create begun(String token) {
        for (Checkpoint.Intent.Create create : keeper.ledger().creates()) {
            if (create.token().equals(token)) {
                return create;
            }
        }
        return null;
    }

    private void sweep() throws Ec2Exception, InterruptedException {
        leaks.sweep();
        leakSuspected = false;
    }

    private void acquire(InterfaceId id, int count)
            throws Ec2Exception, IOException, InterruptedException {
        HeldInterface held = keeper.ledger().find(id);
        try {
            addresses.acquire(id, count);
            if (held != null) {
                grew(held.facts().subnet(), count);
            }
        } catch (Ec2Exception e) {
            if (held == null) {
                throw e;
            }
            obstructed(e, held.facts().subnet(), count);
        }
    }

    private void grew(SubnetId subnet, int count) {
        subnets.gave(subnet, count);
        outlook.obstacle(null);
    }

    /** Remembers why there are no more addresses; a full subnet is no failure of the request. */
    private void obstructed(Ec2Exception cause, SubnetId subnet, int asked) throws Ec2Exception {
        Outlook.Obstacle obstacle = Obstacles.of(cause, subnet);
        outlook.obstacle(obstacle);
        if (!outlook.hope()) {
            keeper.dismiss(_ -> true);
        }
        boolean full =
                cause.failure() instanceof Ec2Failure.SubnetFull
                        || cause.failure() instanceof Ec2Failure.Fragmented;
        if (!full) {
            throw cause;
        }
        explanations.add("leave " + subnet + " alone for a while", obstacle.reason());
        subnets.refused(subnet, asked);
    }

    private void failed(String name, Exception cause) {
        Duration rest = backoff.failed(name);
        explanations.add(
                "try again in " + rest.toMillis() + " ms to " + name,
                String.valueOf(cause.getMessage()));
    }

    private String token() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static List<Ipv4Address> leaving(HeldInterface held) {
        return held.slots().stream()
                .filter(slot -> slot.use() instanceof AddressUse.Leaving)
                .map(Slot::address)
                .toList();
    }
}
