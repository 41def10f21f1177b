package dev.vpccni.vpc.api;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Address;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names that EC2 derives from others. */
public final class Naming {

    private static final String KEY_PREFIX = "ASIA";
    private static final String INSTANCE_PREFIX = "i-0";

    /** Of the zones of a region; there are as many everywhere. */
    private static final String LETTERS = "abcdef";

    private Naming() {}

    /** Returns the id of a zone: {@code usw2-az1} for {@code us-west-2a}. */
    public static String zoneId(String zone) {
        String[] parts = zone.substring(0, zone.length() - 1).split("-", -1);
        var id = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length - 1; i++) {
            id.append(parts[i].charAt(0));
        }
        int number = zone.charAt(zone.length() - 1) - 'a' + 1;
        return id.append(parts[parts.length - 1]).append("-az").append(number).toString();
    }

    /** Returns the names of a region's zones. */
    public static List<String> zones(String region) {
        return LETTERS.chars().mapToObj(letter -> region + (char) letter).toList();
    }

    /**
     * Returns the identifier that EC2 gives to the fact that {@code owner} has a block.
     *
     * @param prefix such as {@code vpc-cidr-assoc-}
     */
    public static String associationId(String prefix, Object owner, Cidr cidr) {
        long both = (long) owner.toString().hashCode() << Integer.SIZE ^ cidr.toString().hashCode();
        return prefix + "0" + HexFormat.of().toHexDigits(both);
    }

    /** Returns the private DNS name of {@code address}. */
    public static String privateDnsName(String region, Ipv4Address address) {
        String host = "ip-" + address.toString().replace('.', '-');
        return region.equals("us-east-1")
                ? host + ".ec2.internal"
                : host + "." + region + ".compute.internal";
    }

    /** Returns the access key id of the credentials that {@code instance} finds in metadata. */
    public static String accessKeyId(InstanceId instance) {
        String digits = instance.value().substring(INSTANCE_PREFIX.length());
        return KEY_PREFIX + digits.toUpperCase(Locale.ROOT);
    }

    /** Returns the instance whose {@link #accessKeyId} this is, or null if it is nobody's. */
    public static @Nullable InstanceId instanceOf(String accessKeyId) {
        return accessKeyId.matches(KEY_PREFIX + "[0-9A-F]{16}")
                ? new InstanceId(
                        INSTANCE_PREFIX
                                + accessKeyId
                                        .substring(KEY_PREFIX.length())
                                        .toLowerCase(Locale.ROOT))
                : null;
    }
}
