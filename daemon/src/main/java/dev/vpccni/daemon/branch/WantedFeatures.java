package dev.vpccni.daemon.branch;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.kubernetes.NodeFeatures;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.settings.NodeSettings;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Which features a node wants of the controller that attaches trunks: branch interfaces as soon as
 * there is a trunk or a place for one, and of an ENIConfig that is not the default one its name
 * (amazon-vpc-cni-k8s v1.23.1, {@code ipamd.go}, {@code nodeInit}). Safe for use by many threads.
 */
public final class WantedFeatures implements Supplier<SortedMap<String, String>> {

    private static final String DEFAULT_CONFIG = "default";

    private final NodeSettings settings;
    private final BooleanSupplier connected;
    private final Supplier<List<InterfaceFacts>> interfaces;
    private final Cluster cluster;
    private final String instanceType;

    /**
     * @param connected tells whether it is known which interfaces the node has
     * @param interfaces returns those of the first network card
     * @param instanceType such as {@code m5.large}
     */
    public WantedFeatures(
            NodeSettings settings,
            BooleanSupplier connected,
            Supplier<List<InterfaceFacts>> interfaces,
            Cluster cluster,
            String instanceType) {
        this.settings = settings;
        this.connected = connected;
        this.interfaces = interfaces;
        this.cluster = cluster;
        this.instanceType = instanceType;
    }

    @Override
    public SortedMap<String, String> get() {
        SortedMap<String, String> wanted = new TreeMap<>();
        if (!settings.pool().trunk() || !connected.getAsBoolean()) {
            return wanted;
        }
        if (settings.addressing().customNetworking()
                && cluster.view().config() instanceof InterfaceConfig.Known known
                && !known.name().equals(DEFAULT_CONFIG)) {
            wanted.put(NodeFeatures.CUSTOM_NETWORKING, known.name());
        }
        if (settings.addressing().family() == IpFamily.IPV6 || hasPlace()) {
            wanted.put(NodeFeatures.SECURITY_GROUPS, "");
        }
        return wanted;
    }

    private boolean hasPlace() {
        List<InterfaceFacts> held = interfaces.get();
        InstanceType type = InstanceTypes.known().find(instanceType);
        return type == null
                || held.size()
                        < settings.pool().limits(type, settings.addressing(), 0).interfacesMax()
                || held.stream().anyMatch(one -> one.role() == InterfaceRole.TRUNK);
    }
}
