package dev.vpccni.aws;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.TrunkEc2.Association;
import dev.vpccni.node.port.TrunkEc2.NewMember;
import java.util.List;
import java.util.SortedMap;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AssociateTrunkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.DescribeTrunkInterfaceAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DisassociateTrunkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceCreationType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.TrunkInterfaceAssociation;

/** The requests about trunks and their branches, one attempt each. */
final class SdkTrunks {

    /** Not documented; the managed controller sends it. */
    private static final String OF_TRUNK = "trunk-interface-association.trunk-interface-id";

    private final SdkEc2 sdk;
    private final Ec2Client client;

    SdkTrunks(SdkEc2 sdk, Ec2Client client) {
        this.sdk = sdk;
        this.client = client;
    }

    ObservedInterface create(NewMember wanted) throws Ec2Exception, InterruptedException {
        var creation =
                CreateNetworkInterfaceRequest.builder()
                        .clientToken(wanted.token())
                        .subnetId(wanted.subnet().value())
                        .groups(SdkEc2.groups(wanted.groups()))
                        .description(wanted.description())
                        .tagSpecifications(
                                TagSpecification.builder()
                                        .resourceType(ResourceType.NETWORK_INTERFACE)
                                        .tags(SdkEc2.tags(wanted.tags()))
                                        .build());
        if (wanted.trunk()) {
            creation.interfaceType(NetworkInterfaceCreationType.TRUNK);
        }
        var query = creation.build();
        return sdk.request(
                Ec2Action.CREATE_INTERFACE,
                null,
                () ->
                        SdkConversions.observed(
                                client.createNetworkInterface(query).networkInterface()));
    }

    List<ObservedInterface> describeTagged(SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return sdk.describe(
                tags.entrySet().stream()
                        .map(tag -> SdkEc2.filter("tag:" + tag.getKey(), tag.getValue()))
                        .toArray(Filter[]::new));
    }

    List<Association> associations(InterfaceId trunk) throws Ec2Exception, InterruptedException {
        var query =
                DescribeTrunkInterfaceAssociationsRequest.builder()
                        .filters(SdkEc2.filter(OF_TRUNK, trunk.value()))
                        .build();
        return sdk.request(
                Ec2Action.DESCRIBE_ASSOCIATIONS,
                trunk,
                () ->
                        client
                                .describeTrunkInterfaceAssociationsPaginator(query)
                                .interfaceAssociations()
                                .stream()
                                .map(SdkTrunks::observed)
                                .toList());
    }

    Association associate(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception, InterruptedException {
        var query =
                AssociateTrunkInterfaceRequest.builder()
                        .clientToken(token)
                        .branchInterfaceId(branch.value())
                        .trunkInterfaceId(trunk.value())
                        .vlanId(vlan)
                        .build();
        return sdk.request(
                Ec2Action.ASSOCIATE_TRUNK,
                null, // of the two, the message names the one that is gone
                () -> observed(client.associateTrunkInterface(query).interfaceAssociation()));
    }

    SdkResponse disassociate(String association) throws Ec2Exception, InterruptedException {
        var query = DisassociateTrunkInterfaceRequest.builder().associationId(association).build();
        return sdk.request(
                Ec2Action.DISASSOCIATE_TRUNK, null, () -> client.disassociateTrunkInterface(query));
    }

    private static Association observed(TrunkInterfaceAssociation shown) {
        return new Association(
                shown.associationId(),
                new InterfaceId(shown.branchInterfaceId()),
                new InterfaceId(shown.trunkInterfaceId()),
                shown.vlanId());
    }
}
