package dev.vpccni.simulation.time;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Tasks that live and die together, such as those of one daemon. */
public final class SimulatedProcess implements Tempo {

    /** Everybody of this process who waits for a turn. */
    final List<Baton.Turn> waiting = new ArrayList<>();

    private final List<Runnable> mourners = new ArrayList<>();
    private final Baton baton;
    private final String name;
    private final Instant begun;
    private final long begunNanos;
    private boolean dead;
    private int crossings;
    private int killAt = Integer.MAX_VALUE;

    SimulatedProcess(Baton baton, String name) {
        this.baton = baton;
        this.name = name;
        begun = baton.wall();
        begunNanos = baton.nanos();
    }

    /** Ends every task at its next, or present, wait. May be called by a task of this process. */
    public void kill() {
        baton.tell(() -> name + " dies");
        dead = true;
        waiting.forEach(baton::hasten);
        mourners.forEach(Runnable::run);
        mourners.clear();
    }

    /** Calls {@code mourner} when the process is killed. */
    public void onKill(Runnable mourner) {
        mourners.add(mourner);
    }

    /** Tells whether the process was killed. */
    public boolean isDead() {
        return dead;
    }

    /** Kills the process when it crosses the boundary to the outside for the {@code n}th time. */
    public void killAtCrossing(int n) {
        killAt = n;
    }

    /** Returns how often the process went outside or came back. */
    public int crossings() {
        return crossings;
    }

    /**
     * Marks a point on the way to the outside or back, at which the process may die.
     *
     * @param latency what passes meanwhile
     */
    public void cross(Duration latency) {
        mustLive();
        crossings++;
        if (crossings >= killAt) {
            kill();
            mustLive();
        }
        pause(latency);
    }

    @Override
    public Instant instant() {
        return begun.plusNanos(baton.nanos() - begunNanos);
    }

    @Override
    public Instant wall() {
        return baton.wall();
    }

    @Override
    public long nanos() {
        return baton.nanos();
    }

    @Override
    public void pause(Duration duration) {
        mustLive();
        await(baton.turn(duration));
    }

    @Override
    public void start(String task, Runnable body) {
        mustLive();
        baton.spawn(this, body);
    }

    /** Whoever is woken by it goes on as late as the seed decides, so nothing is put off here. */
    @Override
    public void afterwards(Runnable action) {
        action.run();
    }

    @Override
    public Signal signal() {
        return new SimulatedSignal();
    }

    /** Ends the calling task if its process was killed. */
    void mustLive() {
        if (dead) {
            throw new Killed(name);
        }
    }

    private void await(Baton.Turn turn) {
        waiting.add(turn);
        baton.await(turn);
        waiting.remove(turn);
        mustLive();
    }

    private final class SimulatedSignal implements Signal {

        private final Deque<Baton.Turn> waiters = new ArrayDeque<>();
        private boolean raised;

        @Override
        public void raise() {
            Baton.Turn first = waiters.poll();
            if (first == null) {
                raised = true;
            } else {
                first.raised = true;
                baton.hasten(first);
            }
        }

        @Override
        public boolean await(Duration timeout) {
            mustLive();
            if (raised) {
                raised = false;
                return true;
            }
            if (!timeout.isPositive()) {
                return false;
            }
            Baton.Turn turn = baton.turn(timeout);
            waiters.add(turn);
            SimulatedProcess.this.await(turn);
            waiters.remove(turn);
            return turn.raised;
        }
    }
}
