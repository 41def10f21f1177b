package dev.vpccni.benchmarks.soak;

import java.io.IOException;
import java.net.URI;
import java.util.SplittableRandom;

/** Kills of one node's daemon, and times when the node cannot reach EC2. */
final class Disturbances {

    private static final int PAUSE_MIN_MILLIS = 5_000;
    private static final int PAUSE_MAX_MILLIS = 20_000;
    private static final int OUTAGE_MAX_MILLIS = 15_000;
    private static final int DEAD_MAX_MILLIS = 3_000;

    private final SoakLab lab;
    private final String node;
    private final SplittableRandom random;
    private final Violations violations;
    private final String ec2;
    private volatile boolean sparing;
    private String pid;
    private int kills;
    private int outages;
    private boolean active;
    private long lastNanos = System.nanoTime();

    Disturbances(SoakLab lab, String node, SplittableRandom random, Violations violations)
            throws IOException, InterruptedException {
        this.lab = lab;
        this.node = node;
        this.random = random;
        this.violations = violations;
        ec2 = URI.create(lab.run(node, "printenv AWS_ENDPOINT_URL_EC2").strip()).getHost();
        pid = lab.daemonPid(node);
    }

    /** From now on the daemon is killed no more. */
    void spare() {
        sparing = true;
    }

    /** Tells whether something was wrong after {@code nanos} of {@link System#nanoTime}. */
    synchronized boolean disturbedSince(long nanos) {
        return active || lastNanos - nanos >= 0;
    }

    synchronized int kills() {
        return kills;
    }

    synchronized int outages() {
        return outages;
    }

    /** Waits a while, disturbs, and mends. */
    void step() throws IOException, InterruptedException {
        Repeated.pause(random.nextInt(PAUSE_MIN_MILLIS, PAUSE_MAX_MILLIS));
        int choice = random.nextInt(5);
        String how = random.nextBoolean() ? "DROP" : "REJECT";
        int away = random.nextInt(OUTAGE_MAX_MILLIS);
        int dead = random.nextInt(DEAD_MAX_MILLIS);
        begin();
        try {
            switch (choice) {
                case 0, 1 -> kill(dead);
                case 2, 3 -> outage(how, () -> Repeated.pause(away));
                default ->
                        outage(
                                how,
                                () -> {
                                    Repeated.pause(away / 2);
                                    kill(dead);
                                    Repeated.pause(away / 2);
                                });
            }
        } finally {
            end();
        }
    }

    /** Notes it if the daemon is another process than the one that was started last. */
    void requireSameDaemon() throws IOException {
        String now = lab.daemonPid(node);
        violations.require(
                now.equals(pid),
                node + ": the daemon was process " + pid + " and is \"" + now + "\", unasked");
    }

    private void kill(int millis) throws IOException {
        if (sparing) {
            return;
        }
        requireSameDaemon();
        lab.daemon(node, "kill");
        synchronized (this) {
            kills++;
        }
        Repeated.pause(millis);
        lab.daemon(node, "start");
        pid = lab.daemonPid(node);
    }

    private void outage(String how, Repeated.Step meanwhile)
            throws IOException, InterruptedException {
        String rule = " OUTPUT -d " + ec2 + " -j " + how;
        lab.run(node, "iptables -w 20 -I" + rule);
        try {
            synchronized (this) {
                outages++;
            }
            meanwhile.take();
        } finally {
            lab.run(node, "iptables -w 20 -D" + rule);
        }
    }

    private synchronized void begin() {
        active = true;
    }

    private synchronized void end() {
        active = false;
        lastNanos = System.nanoTime();
    }
}
