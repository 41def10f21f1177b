package dev.vpccni.controller.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GroupPolicyTest {

    private final SortedMap<String, GroupPolicy> policies = new TreeMap<>();
    private final SortedMap<String, SortedMap<String, String>> accounts = new TreeMap<>();

    private static GroupPolicy policy(String selectors, String groups) throws JsonException {
        return GroupPolicy.read(
                JsonObject.of(
                        Json.parse(
                                "{\"spec\":{"
                                        + selectors
                                        + ",\"securityGroups\":{\"groupIds\":["
                                        + groups
                                        + "]}}}"),
                        ""));
    }

    private static BranchPod pod(String namespace, String... labels) {
        SortedMap<String, String> all = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        var name = new PodName(namespace, "db-0");
        return new BranchPod(name, "uid", "1", "node-1", "sa", all, true, false, "", 0);
    }

    private String groups(BranchPod pod) {
        return GroupPolicy.of(policies, accounts, pod).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"matchLabels\":{\"app\":\"db\"}`                                | true",
                "`\"matchLabels\":{\"app\":\"db\",\"tier\":\"1\"}`                 | false",
                "``                                                                | true",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"a\",\"db\"]}]` | true",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"a\"]}]` | false",
                "`\"matchExpressions\":[{\"key\":\"none\",\"operator\":\"In\",\"values\":[\"a\"]}]` | false",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"NotIn\",\"values\":[\"a\"]}]` | true",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"NotIn\",\"values\":[\"db\"]}]` | false",
                "`\"matchExpressions\":[{\"key\":\"none\",\"operator\":\"NotIn\",\"values\":[\"a\"]}]` | true",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]` | true",
                "`\"matchExpressions\":[{\"key\":\"none\",\"operator\":\"Exists\"}]` | false",
                "`\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"DoesNotExist\"}]` | false",
                "`\"matchExpressions\":[{\"key\":\"none\",\"operator\":\"DoesNotExist\"}]` | true",
            })
    void aSelectorSelectsAsKubernetesDoes(String selector, boolean selected) throws Exception {
        policies.put("default/p", policy("\"podSelector\":{" + selector + "}", "\"sg-1\""));
        assertThat(groups(pod("default", "app", "db"))).isEqualTo(selected ? "sg-1" : "");
    }

    @Test
    void allPoliciesOfThePodsNamespaceCountAndNoOthers() throws Exception {
        policies.put("default/a", policy("\"podSelector\":{}", "\"sg-2\",\"sg-1\""));
        policies.put("default/b", policy("\"podSelector\":{}", "\"sg-3\",\"sg-1\""));
        policies.put("default-2/c", policy("\"podSelector\":{}", "\"sg-4\""));
        policies.put("defaul/d", policy("\"podSelector\":{}", "\"sg-5\""));
        assertThat(groups(pod("default"))).isEqualTo("sg-1,sg-2,sg-3");
        assertThat(groups(pod("default-2"))).isEqualTo("sg-4");
        assertThat(GroupPolicy.of(policies, accounts, pod("other")))
                .isEqualTo(GroupSet.of(List.<SecurityGroupId>of()));
    }

    @Test
    void bothSelectorsHaveToSelect() throws Exception {
        policies.put(
                "default/a",
                policy(
                        "\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}},"
                                + "\"serviceAccountSelector\":{\"matchLabels\":{\"team\":\"x\"}}",
                        "\"sg-1\""));
        assertThat(groups(pod("default", "app", "db"))).isEmpty();
        accounts.put("default/sa", new TreeMap<>(Map.of("team", "x")));
        assertThat(groups(pod("default", "app", "db"))).isEqualTo("sg-1");
        assertThat(groups(pod("default", "app", "web"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"other\":{}`       | `\"sg-1\"` | selects nothing",
                "`\"podSelector\":{}` | ``         | 0 groups",
                "`\"podSelector\":{}` | `\"sg-1\",\"sg-2\",\"sg-3\",\"sg-4\",\"sg-5\",\"sg-6\"` | 6 groups",
                "`\"podSelector\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Like\"}]}` | `\"sg-1\"` | no operator Like",
                "`\"podSelector\":[]` | `\"sg-1\"` | podSelector",
            })
    void whatCannotBeMeantIsSaid(String selectors, String groups, String words) {
        assertThatThrownBy(() -> policy(selectors, groups)).hasMessageContaining(words);
    }
}
