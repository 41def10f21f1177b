package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceCreationType;
import software.amazon.awssdk.services.ec2.model.TrunkInterfaceAssociation;

/** Trunks and their branches in the emulator, as the plain SDK sees them. */
final class EmulatorTrunkTest extends PlainSdk {

    private String create(String type) {
        return ec2.createNetworkInterface(request ->
                        request.subnetId(instance.subnetId())
                                .interfaceType(NetworkInterfaceCreationType.fromValue(type)))
                .networkInterface()
                .networkInterfaceId();
    }

    private String branch() {
        return ec2.createNetworkInterface(request -> request.subnetId(instance.subnetId()))
                .networkInterface()
                .networkInterfaceId();
    }

    @Test
    void aBranchIsAssociatedDescribedAndFree() {
        String trunk = create("trunk");
        String branch = branch();

        TrunkInterfaceAssociation made =
                ec2.associateTrunkInterface(request ->
                                request.branchInterfaceId(branch).trunkInterfaceId(trunk).vlanId(7))
                        .interfaceAssociation();

        assertThat(made.associationId()).startsWith("trunk-assoc-0");
        assertThat(made.branchInterfaceId()).isEqualTo(branch);
        assertThat(made.trunkInterfaceId()).isEqualTo(trunk);
        assertThat(made.interfaceProtocolAsString()).isEqualTo("VLAN");
        assertThat(made.vlanId()).isEqualTo(7);
        assertThat(describe(branch).interfaceTypeAsString()).isEqualTo("branch");
        assertThat(describe(trunk).interfaceTypeAsString()).isEqualTo("trunk");
        assertThat(describe(branch).statusAsString()).isEqualTo("in-use");
        Filter ofTrunk =
                Filter.builder()
                        .name("trunk-interface-association.trunk-interface-id")
                        .values(trunk)
                        .build();
        assertThat(
                        ec2.describeTrunkInterfaceAssociations(request -> request.filters(ofTrunk))
                                .interfaceAssociations())
                .containsExactly(made);
        assertThat(
                        ec2.describeTrunkInterfaceAssociations(
                                        request -> request.associationIds(made.associationId()))
                                .interfaceAssociations())
                .containsExactly(made);

        var gone =
                ec2.disassociateTrunkInterface(
                        request -> request.associationId(made.associationId()));
        assertThat(gone.returnValue()).isTrue();
        assertThat(describe(branch).statusAsString()).isEqualTo("available");
    }

    @Test
    void refusalsHaveEc2sCodes() {
        String trunk = create("trunk");
        String branch = branch();
        ec2.associateTrunkInterface(
                request -> request.branchInterfaceId(branch).trunkInterfaceId(trunk).vlanId(7));

        assertThat(codeOf(() -> ec2.deleteNetworkInterface(r -> r.networkInterfaceId(branch))))
                .isEqualTo("InvalidParameterValue");
        String other = branch();
        assertThat(
                        codeOf(() ->
                                ec2.associateTrunkInterface(request ->
                                        request.branchInterfaceId(other)
                                                .trunkInterfaceId(trunk)
                                                .vlanId(7))))
                .isEqualTo("InvalidParameterValue");
        assertThat(
                        codeOf(() ->
                                ec2.disassociateTrunkInterface(request ->
                                        request.associationId("trunk-assoc-0123456789abcdef0"))))
                .isEqualTo("InvalidAssociationID.NotFound");
        assertThat(
                        codeOf(() ->
                                ec2.associateTrunkInterface(request ->
                                        request.branchInterfaceId("eni-x")
                                                .trunkInterfaceId(trunk)
                                                .vlanId(8))))
                .isEqualTo("InvalidNetworkInterfaceId.Malformed");
    }

    private NetworkInterface describe(String eni) {
        return ec2.describeNetworkInterfaces(request -> request.networkInterfaceIds(eni))
                .networkInterfaces()
                .getFirst();
    }
}
