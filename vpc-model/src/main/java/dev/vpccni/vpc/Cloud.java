package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.vpc.action.Actions;
import dev.vpccni.vpc.action.CloudDraft;
import dev.vpccni.vpc.action.RequestRefused;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.state.Chance;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.ExpiringMap;
import dev.vpccni.vpc.state.Subnet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An account's VPCs in one region, as a value: nothing here ever changes, and {@link #apply}
 * returns the cloud that a request leads to.
 *
 * <p>A request changes everything at the moment at which it is applied; what Describe calls,
 * metadata and the instance's devices show follows later, as {@link Latency} says, and is computed
 * from the time of the question. So a cloud needs neither a clock nor timers. The time that is
 * passed must not run backwards.
 */
public final class Cloud {

    private final VpcSettings settings;
    private final Contents contents;
    private final long chance;

    private Cloud(VpcSettings settings, Contents contents, long chance) {
        this.settings = settings;
        this.contents = contents;
        this.chance = chance;
    }

    /** Returns a cloud without anything in it. */
    public static Cloud empty(VpcSettings settings) {
        return new Cloud(settings, Contents.empty(), settings.seed());
    }

    /** Returns what this cloud was made with. */
    public VpcSettings settings() {
        return settings;
    }

    /** Returns this cloud with other delays from now on. */
    public Cloud with(Latency latency) {
        return new Cloud(settings.with(latency), contents, chance);
    }

    /** Returns this cloud as it is, with nothing that Describe calls show later than it happens. */
    public Cloud withoutDescribeLag() {
        Contents exact = contents.withPast(ExpiringMap.empty());
        return new Cloud(
                settings.with(settings.latency().withDescribe(Duration.ZERO)), exact, chance);
    }

    /**
     * Carries out {@code request}: all of it, or nothing.
     *
     * @param now the time, as everything that follows is late by
     */
    public <R extends Ec2Reply> CloudStep<R> apply(Ec2Request<R> request, Instant now) {
        var random = new Chance(chance);
        var draft = new CloudDraft(settings, contents, random, now);
        try {
            R reply = Actions.carryOut(draft, request);
            if (Actions.onlyReads(request)) {
                return new CloudStep<>(this, new Answer.Done<>(reply));
            }
            var after = new Cloud(settings, draft.contents().at(now), random.state());
            return new CloudStep<>(after, new Answer.Done<>(reply));
        } catch (RequestRefused refusal) {
            return new CloudStep<>(this, new Answer.Refused<>(refusal.error()));
        }
    }

    /**
     * Answers a GET of the metadata service.
     *
     * @param path from the root, such as {@code /latest/meta-data/mac}
     * @return the body, or null for 404
     */
    public @Nullable String metadata(InstanceId instance, String path, Instant now) {
        return MetadataTree.read(this, instance, path, now);
    }

    /** Returns the interfaces whose devices are plugged into running instances. */
    public SortedMap<InterfaceId, Port> ports(Instant now) {
        var ports = new TreeMap<InterfaceId, Port>();
        contents.attachments()
                .forEach((_, id) -> {
                    Eni eni = Objects.requireNonNull(contents.enis().get(id));
                    EniAttachment attachment = Objects.requireNonNull(eni.attachment());
                    if (attachment.isPluggedIn(now)) {
                        ports.put(id, port(eni, attachment));
                    }
                });
        return Collections.unmodifiableSortedMap(ports);
    }

    /**
     * Returns when {@link #ports} changes by time alone, or null if it does not.
     *
     * @return after {@code now}
     */
    public @Nullable Instant nextPortChange(Instant now) {
        Instant next = null;
        for (InterfaceId id : contents.attachments().values()) {
            EniAttachment attachment =
                    Objects.requireNonNull(
                            Objects.requireNonNull(contents.enis().get(id)).attachment());
            next = earlierAfter(now, next, attachment.deviceFrom());
            next = earlierAfter(now, next, attachment.freeFrom());
        }
        return next;
    }

    private static @Nullable Instant earlierAfter(
            Instant now, @Nullable Instant next, @Nullable Instant moment) {
        boolean isNext =
                moment != null && moment.isAfter(now) && (next == null || moment.isBefore(next));
        return isNext ? moment : next;
    }

    /**
     * Returns another number than before whenever {@link #ports} may be others because of a
     * request. What time alone changes is told by {@link #nextPortChange}.
     */
    public long devicesVersion() {
        return contents.devicesVersion();
    }

    /** Tells whether there is or was an instance of this id. */
    public boolean has(InstanceId instance) {
        return contents.instances().contains(instance);
    }

    Contents contents() {
        return contents;
    }

    private Port port(Eni eni, EniAttachment attachment) {
        Subnet subnet = Objects.requireNonNull(contents.subnets().get(eni.subnet()));
        return new Port(
                eni.id(),
                attachment.instance(),
                eni.mac(),
                attachment.card(),
                attachment.device(),
                eni.subnet(),
                subnet.cidr(),
                eni.held(),
                eni.groups(),
                eni.sourceDestCheck());
    }
}
