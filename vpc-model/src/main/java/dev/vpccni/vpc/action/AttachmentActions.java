package dev.vpccni.vpc.action;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.AddressLimits;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Ghost;
import dev.vpccni.vpc.state.Subnet;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Interfaces are attached to instances and detached. */
final class AttachmentActions {

    private AttachmentActions() {}

    static Ec2Reply.InterfaceAttached attach(CloudDraft draft, AttachNetworkInterface request) {
        Eni eni = draft.eni(request.id());
        Ec2Instance instance = draft.instance(request.instance());
        checkState(draft, eni, instance);
        TrunkActions.checkAttach(draft, eni, instance);
        checkLimits(draft, eni, instance, request);
        Latency latency = draft.settings.latency();
        Instant device = draft.after(latency.device());
        Instant shown = device.plus(latency.metadataInterface().at(draft.random()));
        var attachment =
                new EniAttachment(
                        new AttachmentId(draft.newId("eni-attach-")),
                        instance.id(),
                        request.card(),
                        request.device(),
                        false,
                        draft.now,
                        device,
                        shown,
                        shown.plus(latency.metadataAddresses().at(draft.random())),
                        null);
        draft.put(eni.with(attachment));
        return new Ec2Reply.InterfaceAttached(attachment.id(), attachment.card());
    }

    static Ec2Reply.Nothing detach(CloudDraft draft, DetachNetworkInterface request) {
        Eni eni = draft.attachedBy(request.attachment());
        EniAttachment attachment = Objects.requireNonNull(eni.attachment());
        if (attachment.device() == 0 && attachment.card() == 0) {
            throw RequestRefused.of(
                    "OperationNotPermitted",
                    "The network interface at device index 0 and networkCard index 0 cannot be"
                            + " detached.");
        }
        if (attachment.freeFrom() != null) {
            throw RequestRefused.of(
                    "IncorrectState",
                    "The attachment '" + attachment.id() + "' is already being detached.");
        }
        Latency latency = draft.settings.latency();
        Instant free = draft.after(latency.detach());
        Instant forgotten = free.plus(latency.metadataUpdate().at(draft.random()));
        draft.remember(new Ghost(eni, attachment, forgotten));
        draft.put(eni.with(attachment.endingAt(free)));
        return new Ec2Reply.Nothing();
    }

    private static void checkState(CloudDraft draft, Eni eni, Ec2Instance instance) {
        if (eni.heldBy(draft.now) != null || eni.association() != null) {
            throw RequestRefused.of(
                    "InvalidNetworkInterface.InUse", "Interface: [" + eni.id() + "] in use.");
        }
        if (!instance.isRunning()) {
            throw RequestRefused.of(
                    "IncorrectState", "Instance '" + instance.id() + "' is not 'running'.");
        }
        Subnet here = draft.subnet(instance.subnet());
        Subnet there = draft.subnet(eni.subnet());
        if (!here.zone().equals(there.zone())) {
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "You may not attach a network interface to an instance if they are not in the"
                            + " same availability zone");
        }
        if (!here.vpc().equals(there.vpc())) {
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "You may not attach a network interface to an instance if they are not in the"
                            + " same VPC");
        }
    }

    private static void checkLimits(
            CloudDraft draft, Eni eni, Ec2Instance instance, AttachNetworkInterface request) {
        InstanceType type = instance.type();
        if (request.card() < 0 || request.card() >= type.interfacesPerCard().size()) {
            throw RequestRefused.invalidValue(
                    "Network card index " + request.card() + " is not valid for " + type.name());
        }
        List<EniAttachment> onCard =
                draft.enisOf(instance.id()).stream()
                        .map(other -> Objects.requireNonNull(other.attachment()))
                        .filter(other -> other.card() == request.card())
                        .toList();
        if (onCard.stream().anyMatch(other -> other.device() == request.device())) {
            throw RequestRefused.invalidValue(
                    "Instance '"
                            + instance.id()
                            + "' already has an interface attached at device index '"
                            + request.device()
                            + "'.");
        }
        if (onCard.size() >= type.interfacesPerCard().get(request.card())) {
            throw RequestRefused.of(
                    "AttachmentLimitExceeded",
                    "Interface count "
                            + (onCard.size() + 1)
                            + " exceeds the limit for "
                            + type.name());
        }
        int interfaces = type.allInterfaces();
        if (request.device() < 0 || request.device() >= interfaces) {
            throw RequestRefused.invalidValue(
                    "Invalid value '"
                            + request.device()
                            + "' for deviceIndex. A "
                            + type.name()
                            + " has device indexes from 0 to "
                            + (interfaces - 1)
                            + ".");
        }
        AddressBlocks held = eni.held();
        Blocks.checkPrefixesOf(type, held.prefixes().size() + (long) held.ipv6Prefixes().size());
        for (IpFamily family : IpFamily.values()) {
            int slots = held.slots(family);
            if (slots > AddressLimits.perInterface(type, family)) {
                throw RequestRefused.of(
                        "InvalidInterface.IpAddressLimitExceeded",
                        "Address count "
                                + slots
                                + " on interface-"
                                + eni.id()
                                + " exceeds the limit for "
                                + type.name());
            }
        }
    }
}
