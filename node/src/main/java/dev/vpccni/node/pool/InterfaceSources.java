package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.scale.Sources;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import java.util.List;

/**
 * Says where the next interface of a network card may come from: with custom networking from where
 * the cluster says and from nowhere else, otherwise from the subnets that tags admit.
 */
public final class InterfaceSources {

    private final AddressingSettings addressing;
    private final Subnets subnets;
    private final Current current;
    private final Cluster cluster;

    /** Makes it of what is known of subnets, of the instance and of the cluster. */
    public InterfaceSources(
            AddressingSettings addressing, Subnets subnets, Current current, Cluster cluster) {
        this.addressing = addressing;
        this.subnets = subnets;
        this.current = current;
        this.cluster = cluster;
    }

    /** Returns the sources for network card {@code card} as they are now. */
    public Sources sources(int card) {
        return addressing.customNetworking() ? configured(card) : discovered(card);
    }

    private Sources configured(int card) {
        return switch (cluster.view().config()) {
            case InterfaceConfig.Known(_, SubnetId subnet, List<SecurityGroupId> groups) ->
                    Sources.of(
                            template(card, subnet, groups.isEmpty() ? current.groups() : groups));
            case InterfaceConfig.Several several -> several(card, several);
            case InterfaceConfig.Unknown(String reason) -> none(reason);
        };
    }

    private static Sources none(String reason) {
        return Sources.none("custom networking is on, and " + reason);
    }

    /** The roomiest first. What is not known to be in the node's zone could not be attached. */
    private Sources several(int card, InterfaceConfig.Several several) {
        String name = "the ENIConfig " + several.name();
        String zone = current.instance().identity().zone();
        List<ObservedSubnet> here = subnets.inZone();
        if (here == null) {
            return none(
                    name
                            + " leaves open which subnet it is, and EC2 has not said yet which ones"
                            + " are in "
                            + zone
                            + subnets.silence());
        }
        List<SecurityGroupId> groups =
                several.groups().isEmpty() ? current.groups() : several.groups();
        List<InterfaceTemplate> templates =
                here.stream()
                        .filter(subnet -> isMeant(several, subnet))
                        .map(subnet -> template(card, subnet.id(), groups))
                        .toList();
        if (!templates.isEmpty()) {
            return new Sources(templates, "");
        }
        return none(
                several.tags().isEmpty()
                        ? name + " names no subnet that is in " + zone + ": " + several.subnets()
                        : name + " selects no subnet in " + zone + ": none has " + several.tags());
    }

    private static boolean isMeant(InterfaceConfig.Several several, ObservedSubnet subnet) {
        return several.tags().isEmpty()
                ? several.subnets().contains(subnet.id())
                : subnet.tags().entrySet().containsAll(several.tags().entrySet());
    }

    private Sources discovered(int card) {
        List<InterfaceTemplate> templates =
                subnets.candidates().stream()
                        .map(subnet -> template(card, subnet, current.groups()))
                        .toList();
        return templates.isEmpty()
                ? Sources.none(
                        "the tags of no subnet in the node's zone admit interfaces: tag one"
                                + " kubernetes.io/role/cni=1")
                : new Sources(templates, "");
    }

    private InterfaceTemplate template(int card, SubnetId subnet, List<SecurityGroupId> groups) {
        return new InterfaceTemplate(subnet, groups, card, addressing.family());
    }
}
