package dev.vpccni.lab.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The cluster's DNS: CoreDNS in pods, as any of the cluster's applications. */
final class ClusterDns {

    /** Where pods find it, in {@link ControlPlane#SERVICES}. */
    static final String ADDRESS = "10.100.0.10";

    static final String DOMAIN = "cluster.local";

    private static final String MANIFEST = "coredns.yaml";
    private static final String IMAGE = "localhost/coredns:";

    private ClusterDns() {}

    /**
     * Returns what is applied to the cluster.
     *
     * @param version of CoreDNS, whose image every node has
     */
    static String manifest(String version) throws IOException {
        try (InputStream file = ClusterDns.class.getResourceAsStream(MANIFEST)) {
            if (file == null) {
                throw new IOException(MANIFEST + " is missing beside " + ClusterDns.class);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("$ADDRESS", ADDRESS)
                    .replace("$IMAGE", IMAGE + version.replaceFirst("^v", ""));
        }
    }
}
