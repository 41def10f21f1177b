package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.api.TrunkRequest.AssociateTrunkInterface;
import dev.vpccni.vpc.api.TrunkRequest.DescribeTrunkInterfaceAssociations;
import dev.vpccni.vpc.api.TrunkRequest.DisassociateTrunkInterface;
import dev.vpccni.vpc.api.WantedBlocks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrunkActionsTest {

    private final World world = World.instant();

    private InterfaceId create(SubnetId subnet, String type) {
        return world.call(
                        new CreateNetworkInterface(
                                "",
                                subnet,
                                type,
                                "",
                                List.of(),
                                World.NO_TAGS,
                                null,
                                WantedBlocks.NONE,
                                WantedBlocks.NONE))
                .eni()
                .id();
    }

    private InterfaceId branch() {
        return create(world.subnetA, "interface");
    }

    private InterfaceId trunkOn(InstanceId instance) {
        InterfaceId trunk = create(world.subnetA, "trunk");
        world.call(new AttachNetworkInterface(trunk, instance, 0, 2));
        return trunk;
    }

    private TrunkAssociation associate(InterfaceId branch, InterfaceId trunk, int vlan) {
        return world.call(new AssociateTrunkInterface("", branch, trunk, vlan)).association();
    }

    private List<TrunkAssociation> of(InterfaceId trunk) {
        return world.call(
                        new DescribeTrunkInterfaceAssociations(
                                List.of(),
                                List.of(
                                        new Filter(
                                                "trunk-interface-association.trunk-interface-id",
                                                List.of(trunk.value()))),
                                Page.ALL))
                .associations();
    }

    @Test
    void anInterfaceBecomesABranchAndFreeAgain() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        InterfaceId branch = branch();

        TrunkAssociation made = associate(branch, trunk, 1);

        assertThat(made.id()).matches("trunk-assoc-0[0-9a-f]{16}");
        assertThat(world.describe(branch).type()).isEqualTo("branch");
        assertThat(world.describe(branch).status()).isEqualTo("in-use");
        assertThat(world.describe(branch).attachment()).isNull();
        assertThat(of(trunk)).containsExactly(made);

        world.call(new DisassociateTrunkInterface("", made.id()));
        assertThat(world.describe(branch).type()).isEqualTo("interface");
        assertThat(world.describe(branch).status()).isEqualTo("available");
        assertThat(of(trunk)).isEmpty();
        assertThat(world.refused(new DisassociateTrunkInterface("", made.id())).code())
                .isEqualTo("InvalidAssociationID.NotFound");
    }

    @Test
    void aBranchIsInUse() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        InterfaceId branch = branch();
        associate(branch, trunk, 1);

        assertThat(world.refused(new DeleteNetworkInterface(branch)).message())
                .contains("currently in use");
        assertThat(world.refused(new AssociateTrunkInterface("", branch, trunk, 2)).code())
                .isEqualTo("InvalidNetworkInterface.InUse");
        InstanceId other = world.instance("m5.large");
        assertThat(world.refused(new AttachNetworkInterface(branch, other, 0, 1)).code())
                .isEqualTo("InvalidNetworkInterface.InUse");
    }

    @Test
    void aVlanIsOfOneBranchOfATrunk() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        associate(branch(), trunk, 1);

        assertThat(world.refused(new AssociateTrunkInterface("", branch(), trunk, 1)).code())
                .isEqualTo("InvalidParameterValue");
        associate(branch(), trunk, 2);
        associate(branch(), trunkOn(world.instance("m5.large")), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 4095})
    void otherNumbersAreNoVlans(int vlan) {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        assertThat(world.refused(new AssociateTrunkInterface("", branch(), trunk, vlan)).code())
                .isEqualTo("InvalidParameterValue");
    }

    @Test
    void anInstanceHasAsManyBranchesAsItsTypeAllows() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        for (int vlan = 1; vlan <= 9; vlan++) {
            associate(branch(), trunk, vlan);
        }
        assertThat(world.refused(new AssociateTrunkInterface("", branch(), trunk, 10)).code())
                .isEqualTo("AttachmentLimitExceeded");
    }

    @Test
    void onlyATrunkHasBranchesAndOnlyOfItsZone() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        assertThat(world.refused(new AssociateTrunkInterface("", branch(), branch(), 1)).code())
                .isEqualTo("InvalidParameterValue");
        InterfaceId far = create(world.subnetB, "interface");
        assertThat(world.refused(new AssociateTrunkInterface("", far, trunk, 1)).code())
                .isEqualTo("InvalidParameterCombination");
        var nowhere = new InterfaceId("eni-0123456789abcdef0");
        assertThat(world.refused(new AssociateTrunkInterface("", nowhere, trunk, 1)).code())
                .isEqualTo("InvalidNetworkInterfaceID.NotFound");
    }

    @Test
    void anInstanceHasOneTrunkIfItsTypeMayHaveAny() {
        InstanceId instance = world.instance("m5.large");
        InterfaceId first = trunkOn(instance);
        InterfaceId second = create(world.subnetA, "trunk");
        assertThat(world.refused(new AttachNetworkInterface(second, instance, 0, 1)).code())
                .isEqualTo("AttachmentLimitExceeded");
        InstanceId small = world.instance("t3.medium");
        assertThat(world.refused(new AttachNetworkInterface(second, small, 0, 1)).code())
                .isEqualTo("UnsupportedOperation");
        assertThat(world.describe(first).type()).isEqualTo("trunk");
    }

    @Test
    void theSameTokenAnswersTheSame() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        InterfaceId branch = branch();
        var request = new AssociateTrunkInterface("token", branch, trunk, 1);
        var made = world.call(request);
        assertThat(world.call(request)).isEqualTo(made);
        assertThat(world.refused(new AssociateTrunkInterface("token", branch, trunk, 2)).code())
                .isEqualTo("IdempotentParameterMismatch");
        var end = new DisassociateTrunkInterface("end", made.association().id());
        world.call(end);
        assertThat(world.call(end)).as("a lost answer is repeated").isNotNull();
    }

    @Test
    void aTrunkThatIsDeletedSetsItsBranchesFree() {
        InterfaceId trunk = trunkOn(world.instance("m5.large"));
        InterfaceId branch = branch();
        associate(branch, trunk, 1);
        world.call(new DetachNetworkInterface(world.attachment(trunk).id(), false));

        world.call(new DeleteNetworkInterface(trunk));

        assertThat(world.describe(branch).status()).isEqualTo("available");
        assertThat(of(trunk)).isEmpty();
    }
}
