package dev.vpccni.vpc.action;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Subnet;
import java.util.Objects;
import java.util.TreeMap;

/** Instances start and end. */
final class InstanceActions {

    private InstanceActions() {}

    static Ec2Reply.InstanceStarted run(CloudDraft draft, RunInstances request) {
        TagActions.check(request.tags());
        Subnet subnet = draft.subnet(request.subnet());
        var instance =
                new Ec2Instance(
                        new InstanceId(draft.newId("i-")),
                        draft.newId("r-"),
                        request.type(),
                        subnet.id(),
                        draft.now,
                        request.tags(),
                        null);
        draft.in = draft.in.put(instance);
        var create =
                new CreateNetworkInterface(
                        "", subnet.id(), "", request.groups(), new TreeMap<>(), 0);
        var attachment =
                new EniAttachment(
                        new AttachmentId(draft.newId("eni-attach-")),
                        instance.id(),
                        0,
                        0,
                        true,
                        draft.now,
                        draft.now,
                        draft.now,
                        draft.now,
                        null);
        Eni primary = InterfaceActions.newEni(draft, subnet, create).with(attachment);
        draft.put(primary);
        return new Ec2Reply.InstanceStarted(instance.id(), Describe.describe(draft, primary));
    }

    static Ec2Reply.Nothing terminate(CloudDraft draft, TerminateInstances request) {
        Ec2Instance instance = draft.instance(request.id());
        if (!instance.isRunning()) {
            return new Ec2Reply.Nothing();
        }
        draft.in = draft.in.put(instance.endedAt(draft.now));
        for (Eni eni : draft.enisOf(instance.id())) {
            if (Objects.requireNonNull(eni.attachment()).deleteOnTermination()) {
                draft.delete(eni);
            } else {
                draft.put(eni.with(null));
            }
        }
        return new Ec2Reply.Nothing();
    }
}
