package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstanceTypes;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DescribeSubnets;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.TagRequest.CreateTags;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescribeTest {

    private final World world = World.instant();

    @Test
    void oneUnknownIdFailsTheCallAndIsNamed() {
        var unknown = new InterfaceId("eni-0ffffffffffffffff");
        var ids = List.of(world.eni(world.subnetA, 0).id(), unknown);

        Ec2Error error = world.refused(DescribeNetworkInterfaces.of(ids));

        assertThat(error.code()).isEqualTo("InvalidNetworkInterfaceID.NotFound");
        assertThat(error.message()).contains("'" + unknown + "'");
    }

    @Test
    void pagesAreCompleteWhileOthersComeAndGo() {
        var all = new ArrayList<InterfaceId>();
        for (int i = 0; i < 12; i++) {
            all.add(world.eni(world.subnetA, 0).id());
        }
        Collections.sort(all);
        var seen = new ArrayList<InterfaceId>();
        var sizes = new ArrayList<Integer>();
        var filters = List.of(Filter.of("vpc-id", world.vpc.value()));
        Page page = Page.first(5);
        for (int i = 0; i < 3; i++) {
            var part = world.call(new DescribeNetworkInterfaces(List.of(), filters, page));
            part.enis().forEach(eni -> seen.add(eni.id()));
            sizes.add(part.enis().size());
            page = new Page(5, part.next());
            world.call(new DeleteNetworkInterface(seen.getFirst()));
            all.remove(seen.removeFirst());
        }

        assertThat(sizes).containsExactly(5, 5, 2);
        assertThat(page.token()).isNull();
        assertThat(seen).doesNotHaveDuplicates().containsExactlyElementsOf(all);
    }

    @Test
    void pagesHaveRules() {
        for (int i = 0; i < 6; i++) {
            world.eni(world.subnetA, 0);
        }
        InterfaceId eni = world.eni(world.subnetA, 0).id();

        assertThat(code(List.of(), Page.first(4))).isEqualTo("InvalidParameterValue");
        assertThat(code(List.of(), Page.first(1_001))).isEqualTo("InvalidParameterValue");
        assertThat(code(List.of(eni), Page.first(5))).isEqualTo("InvalidParameterCombination");
        assertThat(code(List.of(), new Page(5, "made-up"))).isEqualTo("InvalidNextToken");
        String token =
                world.call(new DescribeNetworkInterfaces(List.of(), List.of(), Page.first(5)))
                        .next();
        var otherFilters =
                new DescribeNetworkInterfaces(
                        List.of(), List.of(Filter.of("status", "available")), new Page(5, token));
        assertThat(world.refused(otherFilters).code()).isEqualTo("InvalidNextToken");
    }

    @ParameterizedTest
    @CsvSource({
        "description, aws-K8S-*, 1",
        "description, aws-?8S-i-1, 1",
        "description, aws, 0",
        "description, AWS-K8S-*, 0",
        "description, aws-K8S-\\*, 0",
        "status, in-use, 1",
        "tag-key, node, 2",
        "tag:node, i-1, 1",
        "tag:node, i-*, 2",
        "attachment.status, attached, 1",
        "attachment.device-index, 0, 1",
    })
    void filtersSelect(String name, String value, int count) {
        world.instance("m5.large");
        tagged("aws-K8S-i-1", "i-1");
        tagged("mine", "i-2");

        var found = world.call(DescribeNetworkInterfaces.where(Filter.of(name, value)));

        assertThat(found.enis()).hasSize(count);
    }

    @Test
    void filtersMustAllMatchAndTheirValuesNeedNot() {
        InterfaceId first = tagged("one", "i-1");
        InterfaceId second = tagged("two", "i-2");
        tagged("three", "i-2");

        var found =
                world.call(
                        DescribeNetworkInterfaces.where(
                                Filter.of("description", "one", "two"),
                                Filter.of("tag:node", "i-1", "i-2"),
                                Filter.of("attachment.instance-id", "i-9")));
        assertThat(found.enis()).isEmpty();
        found =
                world.call(
                        DescribeNetworkInterfaces.where(
                                Filter.of("description", "one", "two"),
                                Filter.of("tag:node", "i-1", "i-2")));
        assertThat(found.enis())
                .extracting(EniDescription::id)
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void unknownOrTooManyFiltersAreRefused() {
        world.eni(world.subnetA, 0);
        var values = IntStream.range(0, 201).mapToObj(Integer::toString).toList();
        var tooMany = DescribeNetworkInterfaces.where(new Filter("tag-key", values));

        assertThat(world.refused(DescribeNetworkInterfaces.where(Filter.of("no-such", "x"))))
                .isEqualTo(Ec2Error.invalidValue("The filter 'no-such' is invalid"));
        assertThat(world.refused(tooMany).code()).isEqualTo("FilterLimitExceeded");
    }

    @Test
    void subnetsAreFoundByVpcAndZone() {
        var found =
                world.call(
                        DescribeSubnets.where(
                                Filter.of("vpc-id", world.vpc.value()),
                                Filter.of("availability-zone", "us-west-2b")));

        assertThat(found.subnets())
                .extracting(SubnetDescription::id)
                .containsExactly(world.subnetB);
    }

    @Test
    void everyKnownTypeAndEveryTypeInUseIsDescribed() {
        var custom = new InstanceType("x1.tiny", "nitro", false, List.of(2), 3);
        world.call(new Ec2Request.RunInstances(custom, world.subnetA, List.of(), World.NO_TAGS));

        var found =
                world.call(
                        new DescribeInstanceTypes(
                                List.of("m5.large", "x1.tiny"), List.of(), Page.ALL));
        assertThat(found.types()).containsExactly(World.type("m5.large"), custom);
        assertThat(world.call(new DescribeInstanceTypes(List.of(), List.of(), Page.ALL)).types())
                .hasSize(1_392);
        assertThat(
                        world.refused(
                                        new DescribeInstanceTypes(
                                                List.of("no.such"), List.of(), Page.ALL))
                                .code())
                .isEqualTo("InvalidInstanceType");
    }

    @Test
    void describeCallsMayShowThePast() {
        World late = World.with(Latency.INSTANT.withDescribe(Duration.ofSeconds(3)));
        InterfaceId eni = late.eni(late.subnetA, 0).id();
        assertThat(late.refused(DescribeNetworkInterfaces.of(List.of(eni))).code())
                .isEqualTo("InvalidNetworkInterfaceID.NotFound");
        late.pass(Duration.ofSeconds(3));
        assertThat(late.describe(eni).addresses()).hasSize(1);

        late.call(new Ec2Request.AssignPrivateIpAddresses(eni, 1));
        late.pass(Duration.ofSeconds(2));
        late.call(new Ec2Request.AssignPrivateIpAddresses(eni, 1));
        assertThat(late.describe(eni).addresses()).hasSize(1);
        late.pass(Duration.ofSeconds(1));
        assertThat(late.describe(eni).addresses()).hasSize(2);
        late.pass(Duration.ofSeconds(2));
        assertThat(late.describe(eni).addresses()).hasSize(3);

        late.call(new DeleteNetworkInterface(eni));
        assertThat(late.describe(eni).addresses()).hasSize(3);
        late.pass(Duration.ofSeconds(3));
        assertThat(late.call(DescribeNetworkInterfaces.where()).enis()).isEmpty();
    }

    private InterfaceId tagged(String description, String node) {
        InterfaceId id =
                world.call(
                                new CreateNetworkInterface(
                                        "",
                                        world.subnetA,
                                        description,
                                        List.of(),
                                        World.NO_TAGS,
                                        0))
                        .eni()
                        .id();
        world.call(new CreateTags(List.of(id.value()), new TreeMap<>(Map.of("node", node))));
        return id;
    }

    private String code(List<InterfaceId> ids, Page page) {
        return world.refused(new DescribeNetworkInterfaces(ids, List.of(), page)).code();
    }
}
