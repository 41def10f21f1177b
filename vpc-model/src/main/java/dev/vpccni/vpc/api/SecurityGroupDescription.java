package dev.vpccni.vpc.api;

import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A security group as EC2 describes it; its rules are the data plane's matter. */
public record SecurityGroupDescription(
        SecurityGroupId id,
        VpcId vpc,
        String name,
        String description,
        SortedMap<String, String> tags) {

    public SecurityGroupDescription {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** Returns this with other tags. */
    public SecurityGroupDescription withTags(SortedMap<String, String> replacement) {
        return new SecurityGroupDescription(id, vpc, name, description, replacement);
    }
}
