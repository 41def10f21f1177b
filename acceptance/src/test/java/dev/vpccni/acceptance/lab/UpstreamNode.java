package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node as upstream's daemon leaves it, with the pods that it has. */
public final class UpstreamNode {

    /**
     * What upstream's daemon has on a node and ours has not: marks by a chain of another type, no
     * neighbours of pods on the node, and rules and routes as they are.
     */
    private static final String AS_UPSTREAM_LEAVES_IT =
            """
            for link in $(ls /sys/class/net | grep ^eni); do
                ip neigh flush nud permanent dev $link
            done
            if nft list table ip aws-cni > /dev/null 2>&1; then
                nft -f - <<END
            delete table ip aws-cni
            table ip aws-cni {
                chain snat-mark {
                    counter ip daddr 10.0.0.0/16 return
                    counter ct mark set ct mark | 0x80
                }
                chain nat-prerouting {
                    type nat hook prerouting priority dstnat + 10; policy accept;
                    fib daddr type local return
                    iifname "eni*" counter jump snat-mark
                    counter meta mark set ct mark & 0x80
                }
            }
            END
            fi
            """;

    private UpstreamNode() {}

    /**
     * Makes of what our daemon has left on a node what upstream's would have. No daemon runs
     * meanwhile.
     */
    public static void leave(LabUnderTest lab, String node) throws Exception {
        Ended ended = lab.exec(node, "sh", "-euc", AS_UPSTREAM_LEAVES_IT);
        assertThat(ended.status()).as("%s", ended).isZero();
        JsonObject checkpoint = JsonObject.parse(Files.readString(LabUnderTest.checkpoint(node)));
        var allocations = new ArrayList<@Nullable Object>();
        for (JsonObject one : checkpoint.objects("allocations")) {
            allocations.add(Json.parse(Json.compact(members(one))));
        }
        Files.writeString(
                LabUnderTest.checkpoint(node),
                Json.compact(
                                new LinkedHashMap<>(
                                        Map.of(
                                                "version",
                                                "vpc-cni-ipam/1",
                                                "allocations",
                                                allocations)))
                        + "\n");
    }

    private static Map<String, @Nullable Object> members(JsonObject object) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        for (String name : object.names()) {
            members.put(name, object.value(name));
        }
        return members;
    }
}
