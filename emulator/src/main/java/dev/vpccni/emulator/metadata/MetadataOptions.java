package dev.vpccni.emulator.metadata;

/**
 * How an instance's metadata service behaves (EC2 User Guide, "Instance metadata options").
 *
 * @param enabled if not, everything is refused with 403
 * @param tokensRequired if not, a request without a token is answered too (IMDSv1)
 */
public record MetadataOptions(boolean enabled, boolean tokensRequired) {

    /** What the nodes of a cluster have: IMDSv2 only. */
    public static final MetadataOptions V2_ONLY = new MetadataOptions(true, true);

    /** Both versions. */
    public static final MetadataOptions V1_ALLOWED = new MetadataOptions(true, false);

    /** No metadata. */
    public static final MetadataOptions DISABLED = new MetadataOptions(false, true);
}
