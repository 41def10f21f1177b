package dev.vpccni.lab.cluster;

import dev.vpccni.model.InstanceType;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many pods a kubelet admits, as the bootstrap of EKS's images computes it
 * (max-pods-calculator.sh of awslabs/amazon-eks-ami): from the type's addresses alone what its
 * table publishes, with prefixes at most what a node of its size should have.
 */
final class PodLimit {

    private static final int PREFIX = 16;
    private static final int HOST_NETWORK_PODS = 2;
    private static final int SMALL = 110;
    private static final int LARGE = 250;

    /** More processors than this, and a node counts as large. */
    private static final int SMALL_PROCESSORS = 30;

    private static final int PROCESSORS_OF_XLARGE = 4;
    private static final Pattern SIZE =
            Pattern.compile("[^.]+\\.(?:metal-)?(\\d+)xl(?:arge)?\\b.*");
    private static final Set<String> YES = Set.of("1", "t", "T", "true", "TRUE", "True");

    private PodLimit() {}

    /**
     * Returns the limit of a node.
     *
     * @param environment of its daemon
     */
    static int of(InstanceType type, Map<String, String> environment) {
        boolean prefixes = isOn(environment, "ENABLE_PREFIX_DELEGATION");
        int interfaces =
                type.maxInterfaces()
                        - (isOn(environment, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") ? 1 : 0);
        int addresses = type.secondaryAddressesPerInterface() * (prefixes ? PREFIX : 1);
        int pods = interfaces * addresses + HOST_NETWORK_PODS;
        return prefixes ? Math.min(pods, isLarge(type) ? LARGE : SMALL) : pods;
    }

    /** An {@code xlarge} has four processors in nearly every family, and an 8xlarge eight times. */
    private static boolean isLarge(InstanceType type) {
        Matcher size = SIZE.matcher(type.name());
        return type.name().endsWith(".metal")
                || (size.matches()
                        && Integer.parseInt(size.group(1)) * PROCESSORS_OF_XLARGE
                                > SMALL_PROCESSORS);
    }

    private static boolean isOn(Map<String, String> environment, String variable) {
        return YES.contains(environment.getOrDefault(variable, "").strip());
    }
}
