package dev.vpccni.vpc.action;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.settings.Spread;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.state.Chance;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.ExpiringMap;
import dev.vpccni.vpc.state.Ghost;
import dev.vpccni.vpc.state.Idempotent;
import dev.vpccni.vpc.state.Past;
import dev.vpccni.vpc.state.Subnet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cloud in the middle of one request: what becomes of it may be kept, or dropped. */
public final class CloudDraft {

    final VpcSettings settings;
    Contents in;
    final Instant now;
    private final Chance chance;

    /**
     * Begins a request on {@code contents}.
     *
     * @param chance what is drawn from it stays drawn, whatever becomes of the request
     * @param now the time of the request
     */
    public CloudDraft(VpcSettings settings, Contents contents, Chance chance, Instant now) {
        this.settings = settings;
        this.in = contents;
        this.chance = chance;
        this.now = now;
    }

    /** Returns what is in the cloud by now. */
    public Contents contents() {
        return in;
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
            if (!in.macs().contains(mac)) {
                return mac;
            }
        }
    }

    Eni eni(InterfaceId id) {
        Eni eni = in.enis().get(id);
        if (eni == null) {
            throw new RequestRefused(Ec2Error.noInterface(id));
        }
        return eni;
    }

    /** Finds an attachment that has not ended. */
    Eni attachedBy(AttachmentId id) {
        InterfaceId of = in.attachments().get(id);
        Eni eni = of == null ? null : in.enis().get(of);
        if (eni == null || eni.heldBy(now) == null) {
            throw noAttachment(id);
        }
        return eni;
    }

    Ec2Instance instance(InstanceId id) {
        Ec2Instance instance = in.instances().get(id);
        if (instance == null) {
            throw RequestRefused.of(
                    "InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist");
        }
        return instance;
    }

    Subnet subnet(SubnetId id) {
        Subnet subnet = in.subnets().get(id);
        if (subnet == null) {
            throw RequestRefused.of(
                    "InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
        }
        return subnet;
    }

    VpcDescription vpc(VpcId id) {
        VpcDescription vpc = in.vpcs().get(id);
        if (vpc == null) {
            throw RequestRefused.of(
                    "InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist");
        }
        return vpc;
    }

    /** Returns {@code wanted}, checked, or the default group of {@code vpc} if it is empty. */
    List<SecurityGroupId> groups(List<SecurityGroupId> wanted, VpcId vpc) {
        if (wanted.isEmpty()) {
            return List.of(vpc(vpc).defaultGroup());
        }
        for (SecurityGroupId id : wanted) {
            SecurityGroupDescription group = in.groups().get(id);
            if (group == null || !group.vpc().equals(vpc)) {
                throw RequestRefused.of(
                        "InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
            }
        }
        if (wanted.size() > Quotas.GROUPS_PER_INTERFACE) {
            throw RequestRefused.of(
                    "SecurityGroupsPerInterfaceLimitExceeded",
                    "The maximum number of security groups per interface has been reached.");
        }
        return wanted;
    }

    /** Returns the interfaces that hang on {@code instance}, those being detached included. */
    List<Eni> enisOf(InstanceId instance) {
        return in.enisOf(instance).stream().filter(eni -> eni.heldBy(now) != null).toList();
    }

    void put(Eni eni) {
        remember(eni.id());
        in = in.put(eni);
    }

    /** Deletes an interface and frees its addresses. */
    void delete(Eni eni) {
        TrunkActions.free(this, eni);
        remember(eni.id());
        in = in.remove(eni);
        List<Cidr> held = eni.held().all();
        for (IpFamily family : IpFamily.values()) {
            Subnet subnet = Objects.requireNonNull(in.subnets().get(eni.subnet()));
            var blocks = held.stream().filter(block -> block.family() == family).toList();
            new Blocks(family).give(this, subnet, blocks);
        }
    }

    void put(Subnet subnet) {
        in = in.put(subnet);
    }

    /** Returns when an address that is given back now is as good as any other. */
    Instant restUntil() {
        return now.plus(settings.reuseAfter());
    }

    /**
     * Returns what {@code token} was used for before, or null if it is new or empty.
     *
     * @throws RequestRefused if it was another request
     */
    @Nullable Idempotent earlier(Ec2Request<?> request, String token) {
        Idempotent earlier = in.tokens().get(key(request, token));
        if (earlier != null && !earlier.request().equals(request)) {
            throw RequestRefused.of(
                    "IdempotentParameterMismatch",
                    "The client token '" + token + "' was used with other parameters");
        }
        return earlier;
    }

    /** Remembers what a client token was used for, unless it is empty. */
    void remember(Ec2Request<?> request, String token, Ec2Reply reply) {
        if (token.isEmpty()) {
            return;
        }
        ExpiringMap<String, Idempotent> tokens = in.tokens();
        String oldest = tokens.first();
        if (oldest != null && tokens.size() >= Quotas.TOKENS) {
            tokens = tokens.remove(oldest);
        }
        var use = new Idempotent(request, reply);
        in = in.withTokens(tokens.put(key(request, token), use, now.plus(Quotas.TOKEN_LIFE)));
    }

    private static String key(Ec2Request<?> request, String token) {
        return request.action() + " " + token;
    }

    /** Remembers what metadata still shows of an interface. */
    void remember(Ghost ghost) {
        in = in.withGhosts(in.ghosts().put(ghost.eni().id(), ghost, ghost.until()));
    }

    static RequestRefused noAttachment(AttachmentId id) {
        return RequestRefused.of(
                "InvalidAttachmentID.NotFound",
                "The network interface attachment ID '" + id + "' does not exist");
    }

    private void remember(InterfaceId id) {
        if (settings.latency().describe().isZero()) {
            return;
        }
        @Nullable Eni before = in.enis().get(id);
        Instant until = now.plus(settings.latency().describe());
        var versions = new ArrayList<Past>();
        List<Past> shown = in.past().get(id);
        if (shown != null) {
            shown.stream().filter(each -> each.until().isAfter(now)).forEach(versions::add);
        }
        versions.add(new Past(before, until));
        in = in.withPast(in.past().put(id, List.copyOf(versions), until));
    }
}
