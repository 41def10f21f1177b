package dev.vpccni.model;

import java.util.List;

/**
 * An EC2 instance type and how many network interfaces and addresses its instances may have.
 *
 * @param name such as {@code m5.large}
 * @param hypervisor such as {@code nitro} or {@code xen}; {@code unknown} where EC2 names none
 * @param bareMetal whether it runs without a hypervisor
 * @param interfacesPerCard the most interfaces on each network card, by card index; at least one
 *     card, and card 0 is the default one
 * @param addressesPerInterface the most IPv4 addresses of one interface, its primary included
 */
public record InstanceType(
        String name,
        String hypervisor,
        boolean bareMetal,
        List<Integer> interfacesPerCard,
        int addressesPerInterface) {

    /** Of Nitro, those that cannot have a trunk: families, and some sizes. */
    private static final List<String> WITHOUT_TRUNK =
            List.of("t3.", "t3a.", "t4g.", "i4i.large", "u-6tb1.112xlarge", "u-6tb1.56xlarge");

    /** Pods on the host's network that the published pod limit allows for. */
    private static final int HOST_NETWORK_PODS = 2;

    public InstanceType {
        interfacesPerCard = List.copyOf(interfacesPerCard);
        if (interfacesPerCard.isEmpty() || addressesPerInterface < 1) {
            throw new IllegalArgumentException(name + " has no card or no address");
        }
    }

    /** Returns the most interfaces on the default network card, the primary one included. */
    public int maxInterfaces() {
        return interfacesPerCard.getFirst();
    }

    /** Returns the most interfaces on all network cards. */
    public int allInterfaces() {
        return interfacesPerCard.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the most addresses that one interface has for pods: all but its primary. */
    public int secondaryAddressesPerInterface() {
        return addressesPerInterface - 1;
    }

    /** Returns the pod limit that is published for this type with secondary addresses. */
    public int maxPods() {
        return maxInterfaces() * secondaryAddressesPerInterface() + HOST_NETWORK_PODS;
    }

    /**
     * Tells whether a trunk can be attached, of which pods have branch interfaces. A type that the
     * public limit table of amazon-vpc-resource-controller-k8s does not name counts as one that
     * can.
     */
    public boolean trunkable() {
        boolean excepted =
                WITHOUT_TRUNK.stream()
                        .anyMatch(each ->
                                each.endsWith(".") ? name.startsWith(each) : name.equals(each));
        return !hypervisor.equals("xen") && !excepted;
    }
}
