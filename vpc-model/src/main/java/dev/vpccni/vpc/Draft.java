package dev.vpccni.vpc;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cloud in the middle of one request: a copy that may be changed, or dropped. */
final class Draft {

    final CloudSettings settings;
    final Contents in;
    final Instant now;
    private final Chance chance;

    Draft(CloudSettings settings, Contents copy, Chance chance, Instant now) {
        this.settings = settings;
        this.in = copy;
        this.chance = chance;
        this.now = now;
    }

    long random() {
        return chance.next();
    }

    /** Returns the moment that lies one draw of {@code delay} after now. */
    Instant after(Spread delay) {
        return now.plus(delay.at(random()));
    }

    /** Returns a new identifier: {@code prefix}, a 0 and 16 hexadecimal digits. */
    String newId(String prefix) {
        return prefix + "0" + HexFormat.of().toHexDigits(random());
    }

    /** Returns a MAC address that no interface has; its first octet is 02, 06, 0a or 0e. */
    MacAddress newMac() {
        while (true) {
            MacAddress mac = MacAddress.local(random() & 0x0fff_ffff_ffffL);
            if (in.enis().values().stream().noneMatch(eni -> eni.mac().equals(mac))) {
                return mac;
            }
        }
    }

    Eni eni(InterfaceId id) {
        Eni eni = in.enis().get(id);
        if (eni == null) {
            throw new Refusal(Ec2Error.noInterface(id));
        }
        return eni;
    }

    /** Finds an attachment that has not ended. */
    Eni attachedBy(AttachmentId id) {
        for (Eni eni : in.enis().values()) {
            Attachment held = eni.heldBy(now);
            if (held != null && held.id().equals(id)) {
                return eni;
            }
        }
        throw noAttachment(id);
    }

    Instance instance(InstanceId id) {
        Instance instance = in.instances().get(id);
        if (instance == null) {
            throw Refusal.of(
                    "InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist");
        }
        return instance;
    }

    Subnet subnet(SubnetId id) {
        Subnet subnet = in.subnets().get(id);
        if (subnet == null) {
            throw Refusal.of(
                    "InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
        }
        return subnet;
    }

    VpcDescription vpc(VpcId id) {
        VpcDescription vpc = in.vpcs().get(id);
        if (vpc == null) {
            throw Refusal.of("InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist");
        }
        return vpc;
    }

    /** Returns {@code wanted}, checked, or the default group of {@code vpc} if it is empty. */
    List<SecurityGroupId> groups(List<SecurityGroupId> wanted, VpcId vpc) {
        if (wanted.isEmpty()) {
            return List.of(vpc(vpc).defaultGroup());
        }
        for (SecurityGroupId id : wanted) {
            SecurityGroup group = in.groups().get(id);
            if (group == null || !group.vpc().equals(vpc)) {
                throw Refusal.of(
                        "InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
            }
        }
        if (wanted.size() > Limits.GROUPS_PER_INTERFACE) {
            throw Refusal.of(
                    "SecurityGroupsPerInterfaceLimitExceeded",
                    "The maximum number of security groups per interface has been reached.");
        }
        return wanted;
    }

    /** Returns the interfaces that hang on {@code instance}, those being detached included. */
    List<Eni> enisOf(InstanceId instance) {
        return in.enis().values().stream()
                .filter(eni -> {
                    Attachment held = eni.heldBy(now);
                    return held != null && held.instance().equals(instance);
                })
                .toList();
    }

    void put(Eni eni) {
        remember(eni.id());
        in.enis().put(eni.id(), eni);
    }

    /** Deletes an interface and frees its addresses. */
    void delete(Eni eni) {
        remember(eni.id());
        in.enis().remove(eni.id());
        Subnet subnet = Objects.requireNonNull(in.subnets().get(eni.subnet()));
        put(subnet.with(subnet.pool().give(eni.addresses(), now, restUntil())));
    }

    void put(Subnet subnet) {
        in.subnets().put(subnet.id(), subnet);
    }

    /** Returns when an address that is given back now is as good as any other. */
    Instant restUntil() {
        return now.plus(settings.reuseAfter());
    }

    /** Forgets what nobody sees any more. */
    void prune() {
        in.ghosts().values().removeIf(ghost -> !ghost.until().isAfter(now));
        in.tokens().values().removeIf(token -> !token.forgottenAt().isAfter(now));
        in.past().values().removeIf(versions -> !versions.getLast().until().isAfter(now));
    }

    static Refusal noAttachment(AttachmentId id) {
        return Refusal.of(
                "InvalidAttachmentID.NotFound",
                "The network interface attachment ID '" + id + "' does not exist");
    }

    private void remember(InterfaceId id) {
        if (settings.latency().describe().isZero()) {
            return;
        }
        @Nullable Eni before = in.enis().get(id);
        var versions = new ArrayList<>(in.past().getOrDefault(id, List.of()));
        versions.add(new Past(before, now.plus(settings.latency().describe())));
        in.past().put(id, List.copyOf(versions));
    }
}
