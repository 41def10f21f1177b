package dev.vpccni.vpc.action;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.vpc.api.AddressLimits;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Idempotent;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** Instances start and end. */
final class InstanceActions {

    private InstanceActions() {}

    static Ec2Reply.InstancesStarted run(CloudDraft draft, RunInstances request) {
        CreateNetworkInterface primary = request.primary();
        TagActions.check(request.tags());
        TagActions.check(primary.tags());
        InterfaceActions.checkCombinations(primary);
        if (request.count() < 1 || request.count() > Quotas.INSTANCES_AT_ONCE) {
            throw RequestRefused.invalidValue(
                    "Value (" + request.count() + ") for parameter maxCount is invalid.");
        }
        Idempotent earlier = draft.earlier(request, request.token());
        if (earlier != null && earlier.reply() instanceof Ec2Reply.InstancesStarted made) {
            return repeated(draft, made);
        }
        Subnet subnet = draft.subnet(primary.subnet());
        checkLimits(request);
        var ids = new ArrayList<InstanceId>();
        for (int i = 0; i < request.count(); i++) {
            ids.add(new InstanceId(draft.newId("i-")));
        }
        String reservation = draft.newId("r-");
        var started = new ArrayList<InstanceDescription>();
        for (InstanceId id : ids) {
            started.add(start(draft, request, subnet, id, reservation));
        }
        var reply = new Ec2Reply.InstancesStarted(started, request.token());
        draft.remember(request, request.token(), reply);
        return reply;
    }

    static Ec2Reply.InstancesTerminated terminate(CloudDraft draft, TerminateInstances request) {
        if (request.ids().isEmpty()) {
            throw RequestRefused.missing("instancesSet");
        }
        var ended = new TreeMap<InstanceId, Boolean>();
        request.ids().forEach(id -> ended.put(id, draft.instance(id).isRunning()));
        ended.keySet().forEach(id -> terminate(draft, draft.instance(id)));
        return new Ec2Reply.InstancesTerminated(ended);
    }

    private static void checkLimits(RunInstances request) {
        CreateNetworkInterface primary = request.primary();
        long prefixes =
                (long) primary.ipv4().prefixes().size()
                        + primary.ipv4().prefixCount()
                        + primary.ipv6().prefixes().size()
                        + primary.ipv6().prefixCount();
        Blocks.checkPrefixesOf(request.type(), prefixes);
        Blocks.checkSlots(
                1 + primary.ipv4().total(),
                AddressLimits.perInterface(request.type(), IpFamily.IPV4));
        Blocks.checkSlots(
                primary.ipv6().total(), AddressLimits.perInterface(request.type(), IpFamily.IPV6));
    }

    private static InstanceDescription start(
            CloudDraft draft,
            RunInstances request,
            Subnet subnet,
            InstanceId id,
            String reservation) {
        var instance =
                new Ec2Instance(
                        id,
                        reservation,
                        request.type(),
                        subnet.id(),
                        subnet.vpc(),
                        subnet.zone(),
                        draft.now,
                        request.tags(),
                        null);
        draft.in = draft.in.put(instance);
        var attachment =
                new EniAttachment(
                        new AttachmentId(draft.newId("eni-attach-")),
                        instance.id(),
                        0,
                        0,
                        request.deleteOnTermination(),
                        draft.now,
                        draft.now,
                        draft.now,
                        draft.now,
                        null);
        Eni primary = InterfaceActions.newEni(draft, subnet, request.primary()).with(attachment);
        draft.put(primary);
        return Describe.describe(instance, List.of(Describe.describe(draft, primary)));
    }

    private static void terminate(CloudDraft draft, Ec2Instance instance) {
        if (!instance.isRunning()) {
            return;
        }
        draft.in = draft.in.put(instance.endedAt(draft.now));
        for (Eni eni : draft.enisOf(instance.id())) {
            if (Objects.requireNonNull(eni.attachment()).deleteOnTermination()) {
                draft.delete(eni);
            } else {
                draft.put(eni.with(null));
            }
        }
    }

    private static Ec2Reply.InstancesStarted repeated(
            CloudDraft draft, Ec2Reply.InstancesStarted made) {
        var now = new ArrayList<InstanceDescription>();
        for (InstanceDescription each : made.instances()) {
            Ec2Instance instance = draft.in.instances().get(each.id());
            now.add(instance == null ? each : Describe.describe(draft, instance));
        }
        return new Ec2Reply.InstancesStarted(now, made.token());
    }
}
