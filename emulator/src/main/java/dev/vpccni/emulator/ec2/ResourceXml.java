package dev.vpccni.emulator.ec2;

import dev.vpccni.model.SecurityGroupId;
import java.util.Map;
import java.util.SortedMap;

/** Writes what many resources have. */
final class ResourceXml {

    private ResourceXml() {}

    static void groups(Xml xml, SortedMap<SecurityGroupId, String> groups) {
        xml.list(
                "groupSet",
                groups.entrySet(),
                (item, group) -> {
                    item.leaf("groupId", group.getKey());
                    item.leaf("groupName", group.getValue());
                });
    }

    static void tags(Xml xml, SortedMap<String, String> tags) {
        xml.list(
                "tagSet",
                tags.entrySet(),
                (Xml item, Map.Entry<String, String> tag) -> {
                    item.leaf("key", tag.getKey());
                    item.leaf("value", tag.getValue());
                });
    }
}
