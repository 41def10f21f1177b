package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.TagRequest.CreateTags;
import dev.vpccni.vpc.api.WantedBlocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class InterfaceActionsTest {

    private final World world = World.instant();

    @Test
    void aNewInterfaceIsPendingAndHasItsAddressesAndTags() {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put("node.k8s.amazonaws.com/instance_id", "i-0123abc4567def890");
        tags.put("node.k8s.amazonaws.com/createdAt", "2026-01-15T10:20:30Z");

        var made =
                world.call(
                        new CreateNetworkInterface(
                                "token", world.subnetA, "aws-K8S-i-1", List.of(), tags, 2));

        assertThat(made.token()).isEqualTo("token");
        assertThat(made.eni().status()).isEqualTo("pending");
        assertThat(made.eni().addresses()).hasSize(3).doesNotHaveDuplicates();
        assertThat(made.eni().tags()).isEqualTo(tags);
        assertThat(made.eni().groups()).containsValue("default");
        assertThat(made.eni().id().value()).matches("eni-0[0-9a-f]{16}");
        assertThat(made.eni().mac().toString()).matches("0[26ae](:[0-9a-f]{2}){5}");
        assertThat(world.describe(made.eni().id()).status()).isEqualTo("available");
    }

    @Test
    void theSameTokenMakesOneInterface() {
        var request = create("token", world.subnetA, 2);
        InterfaceId first = world.call(request).eni().id();
        world.pass(Duration.ofHours(1));

        assertThat(world.call(request).eni().id()).isEqualTo(first);
        assertThat(world.contents().enis().values()).hasSize(1);
        assertThat(world.refused(create("token", world.subnetB, 2)).code())
                .isEqualTo("IdempotentParameterMismatch");
    }

    @Test
    void aTokenIsForgottenAfterADay() {
        var request = create("token", world.subnetA, 0);
        InterfaceId first = world.call(request).eni().id();
        world.pass(Duration.ofHours(25));
        world.eni(world.subnetA, 0); // any change forgets what is over

        assertThat(world.call(request).eni().id()).isNotEqualTo(first);
    }

    @Test
    void theAnswerToATokenShowsTheInterfaceAsItIsNow() {
        var request = create("token", world.subnetA, 0);
        InterfaceId id = world.call(request).eni().id();
        world.call(new Ec2Request.AssignPrivateIpAddresses(id, 3));

        assertThat(world.call(request).eni().addresses()).hasSize(4);
    }

    @Test
    void aSubnetThatDoesNotExistIsNamed() {
        Ec2Error error = world.refused(create("", new SubnetId("subnet-00000000000000001"), 0));

        assertThat(error.code()).isEqualTo("InvalidSubnetID.NotFound");
        assertThat(error.message()).contains("'subnet-00000000000000001'");
    }

    @Test
    void explicitAddressesAreGivenAsAsked() {
        var primary = Ipv4Address.parse("10.42.1.9");
        var secondary = Ipv4Address.parse("10.42.1.99");
        var request =
                new CreateNetworkInterface(
                        "",
                        world.subnetA,
                        "interface",
                        "",
                        List.of(),
                        World.NO_TAGS,
                        primary,
                        WantedBlocks.listed(List.of(secondary)),
                        WantedBlocks.NONE);

        assertThat(world.call(request).eni().addresses()).containsExactly(primary, secondary);
        assertThat(world.refused(request).code()).isEqualTo("InvalidIPAddress.InUse");
    }

    @Test
    void groupsAreReplacedAsAWhole() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        var groups = new ArrayList<SecurityGroupId>();
        for (int i = 0; i < 6; i++) {
            groups.add(world.call(new CreateSecurityGroup(world.vpc, "group" + i)).id());
        }

        world.call(modify(eni, new Change.SecurityGroups(groups.subList(0, 2))));

        assertThat(world.describe(eni).groups()).containsOnlyKeys(groups.subList(0, 2));
        assertThat(world.refused(modify(eni, new Change.SecurityGroups(groups))).code())
                .isEqualTo("SecurityGroupsPerInterfaceLimitExceeded");
        assertThat(world.refused(modify(eni, new Change.SecurityGroups(List.of()))).code())
                .isEqualTo("MissingParameter");
        var unknown = new Change.SecurityGroups(List.of(new SecurityGroupId("sg-1")));
        assertThat(world.refused(modify(eni, unknown)).code()).isEqualTo("InvalidGroup.NotFound");
    }

    @Test
    void deleteOnTerminationNeedsTheRightAttachment() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        AttachmentId attachment = world.attach(eni, world.instance("m5.large"), 1);
        var wrong =
                new Change.DeleteOnTermination(
                        new AttachmentId("eni-attach-00000000000000001"), true);

        assertThat(world.refused(modify(eni, wrong)).code())
                .isEqualTo("InvalidAttachmentID.NotFound");
        world.call(modify(eni, new Change.DeleteOnTermination(attachment, true)));
        assertThat(world.attachment(eni).deleteOnTermination()).isTrue();
    }

    @Test
    void aDeletedInterfaceIsGone() {
        InterfaceId eni = world.eni(world.subnetA, 4).id();
        world.call(new DeleteNetworkInterface(eni));

        assertThat(world.refused(new DeleteNetworkInterface(eni)).code())
                .isEqualTo("InvalidNetworkInterfaceID.NotFound");
        assertThat(world.describe(world.subnetA).availableAddresses()).isEqualTo(251);
    }

    @Test
    void tagsAreReplacedByKey() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        world.call(new CreateTags(List.of(eni.value()), tag("a", "1")));
        world.call(new CreateTags(List.of(eni.value()), tag("a", "2")));
        world.call(new CreateTags(List.of(eni.value(), world.subnetA.value()), tag("b", "3")));

        assertThat(world.describe(eni).tags()).containsEntry("a", "2").containsEntry("b", "3");
        assertThat(world.describe(world.subnetA).tags()).isEqualTo(tag("b", "3"));
        assertThat(world.refused(new CreateTags(List.of(eni.value()), tag("aws:x", ""))).code())
                .isEqualTo("InvalidTagKey.Malformed");
    }

    @Test
    void aResourceHasFiftyTagsAtMost() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        for (int i = 0; i < 50; i++) {
            world.call(new CreateTags(List.of(eni.value()), tag("key" + i, "")));
        }

        assertThat(world.refused(new CreateTags(List.of(eni.value()), tag("more", ""))).code())
                .isEqualTo("TagLimitExceeded");
    }

    private static CreateNetworkInterface create(String token, SubnetId subnet, int secondaries) {
        return new CreateNetworkInterface(token, subnet, "", List.of(), World.NO_TAGS, secondaries);
    }

    private static ModifyNetworkInterfaceAttribute modify(InterfaceId eni, Change change) {
        return new ModifyNetworkInterfaceAttribute(eni, change);
    }

    private static SortedMap<String, String> tag(String key, String value) {
        return new TreeMap<>(Map.of(key, value));
    }
}
