package dev.vpccni.host.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.node.port.HostException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The iptables(8) programs of a node: those that speak to the same of the kernel's two packet
 * filters as the node's kubelet and kube-proxy do, for rules in both come in an order that nobody
 * chose. Found at the first question, and then the same for as long as this lives. Thread-safe.
 */
public final class Iptables {

    private static final String COMMON = "iptables";
    private static final String LEGACY = "iptables-legacy";
    private static final String NFT = "iptables-nft";

    /** Chains that kubelet makes for whoever wants to know which of the two it uses. */
    private static final Pattern HINT =
            Pattern.compile("^:(KUBE-IPTABLES-HINT|KUBE-KUBELET-CANARY) ", Pattern.MULTILINE);

    private static final Pattern RULE = Pattern.compile("^-", Pattern.MULTILINE);

    private final Programs programs;
    private final @Nullable String given;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Found found;

    private Iptables(Programs programs, @Nullable String given) {
        this.programs = programs;
        this.given = given;
    }

    private record Found(String name, Backend backend) {}

    /**
     * Looks for the ones to use, as images of Kubernetes do: kubelet's hint, first in nf_tables;
     * without one, where there are more rules; where neither has more, what {@code iptables} is.
     */
    public static Iptables ofNode(Programs programs) {
        return new Iptables(programs, null);
    }

    /**
     * Uses these whatever there is.
     *
     * @param name {@code iptables}, {@code iptables-legacy} or {@code iptables-nft}
     */
    public static Iptables named(String name, Programs programs) {
        return new Iptables(programs, name);
    }

    /** Returns which packet filter they speak to. */
    public Backend backend() throws HostException, InterruptedException {
        return find().backend();
    }

    /** Returns the name of the program, from which those of its siblings follow. */
    public String name() throws HostException, InterruptedException {
        return find().name();
    }

    /** Returns the name of the program for IPv6. */
    public String name6() throws HostException, InterruptedException {
        return six(name());
    }

    /** Returns the name of the program that speaks to the other packet filter. */
    public String otherName() throws HostException, InterruptedException {
        return backend() == Backend.NFT ? LEGACY : NFT;
    }

    private Found find() throws HostException, InterruptedException {
        lock.lockInterruptibly();
        try {
            Found known = found;
            if (known == null) {
                known = given == null ? search() : found(given);
                found = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Found search() throws HostException, InterruptedException {
        Found common = found(COMMON);
        Backend wanted = hinted(common.backend());
        if (wanted == common.backend()) {
            return common;
        }
        String name = wanted == Backend.NFT ? NFT : LEGACY;
        // Where the program is missing nothing can be said there, whoever hinted at it.
        return version(name) == null ? common : new Found(name, wanted);
    }

    private Backend hinted(Backend common) throws InterruptedException {
        if (contains(saved(NFT, "mangle"))) {
            return Backend.NFT;
        }
        List<String> legacy = saved(LEGACY, ""); // which naming a table would make
        if (contains(legacy)) {
            return Backend.LEGACY;
        }
        long more = rules(legacy) - rules(saved(NFT, ""));
        if (more == 0) {
            return common;
        }
        return more > 0 ? Backend.LEGACY : Backend.NFT;
    }

    private static boolean contains(List<String> saved) {
        return saved.stream().anyMatch(text -> HINT.matcher(text).find());
    }

    private static long rules(List<String> saved) {
        return saved.stream().mapToLong(text -> RULE.matcher(text).results().count()).sum();
    }

    /** Returns what both families' programs print; nothing of one that is missing or fails. */
    private List<String> saved(String name, String table) throws InterruptedException {
        return List.of(save(name, table), save(six(name), table));
    }

    private String save(String name, String table) throws InterruptedException {
        try {
            Programs.Outcome outcome =
                    table.isEmpty()
                            ? programs.run("", name + "-save")
                            : programs.run("", name + "-save", "-t", table);
            return outcome.status() == 0 ? outcome.output() : "";
        } catch (HostException e) {
            return "";
        }
    }

    private @Nullable String version(String name) throws InterruptedException {
        try {
            Programs.Outcome outcome = programs.run("", name, "--version");
            return outcome.status() == 0 ? outcome.output() : null;
        } catch (HostException e) {
            return null;
        }
    }

    private Found found(String name) throws HostException, InterruptedException {
        return new Found(name, Backend.of(programs.demand("", name, "--version")));
    }

    private static String six(String name) {
        return name.replace("iptables", "ip6tables");
    }
}
