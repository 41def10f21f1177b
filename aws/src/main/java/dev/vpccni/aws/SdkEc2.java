package dev.vpccni.aws;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2.NewInterface;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AssignIpv6AddressesRequest;
import software.amazon.awssdk.services.ec2.model.AssignPrivateIpAddressesRequest;
import software.amazon.awssdk.services.ec2.model.AttachNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ModifyNetworkInterfaceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.UnassignIpv6AddressesRequest;
import software.amazon.awssdk.services.ec2.model.UnassignPrivateIpAddressesRequest;

/**
 * The requests themselves, one attempt each: the SDK's own retries are off, because it does not
 * tell a lost answer from a request that never left.
 */
final class SdkEc2 implements AutoCloseable {

    /** The most that EC2 gives on one page. */
    private static final int PAGE = 1000;

    private final Ec2Client client;
    private final CredentialSource credentials;
    private final String endpoint;

    SdkEc2(AwsSettings settings) {
        this(
                settings,
                UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.requestLimit())
                        .socketTimeout(settings.requestLimit())
                        .build());
    }

    SdkEc2(AwsSettings settings, SdkHttpClient http) {
        credentials = new CredentialSource(settings);
        var builder =
                Ec2Client.builder()
                        .region(Region.of(settings.region()))
                        .credentialsProvider(credentials)
                        .httpClient(new SentMarkingClient(http))
                        .overrideConfiguration(override ->
                                override.retryStrategy(AwsRetryStrategy.doNotRetry())
                                        .putAdvancedOption(
                                                SdkAdvancedClientOption.USER_AGENT_SUFFIX,
                                                "amazon-vpc-cni-k8s/" + settings.version()));
        URI own = settings.endpoint();
        if (own != null) {
            builder.endpointOverride(own);
        }
        endpoint = own == null ? "EC2 in " + settings.region() : own.toString();
        client = builder.build();
    }

    /** Returns the requests about trunks. */
    SdkTrunks trunks() {
        return new SdkTrunks(this, client);
    }

    ObservedInterface create(NewInterface wanted) throws Ec2Exception, InterruptedException {
        var tagged =
                TagSpecification.builder()
                        .resourceType(ResourceType.NETWORK_INTERFACE)
                        .tags(tags(wanted.tags()))
                        .build();
        var creation =
                CreateNetworkInterfaceRequest.builder()
                        .clientToken(wanted.token())
                        .subnetId(wanted.subnet().value())
                        .groups(groups(wanted.securityGroups()))
                        .description(wanted.description());
        if (!wanted.tags().isEmpty()) {
            creation.tagSpecifications(tagged);
        }
        if (wanted.count() > 0) {
            bring(creation, wanted);
        }
        var query = creation.build();
        return request(
                Ec2Action.CREATE_INTERFACE,
                null,
                () ->
                        SdkConversions.observed(
                                client.createNetworkInterface(query).networkInterface()));
    }

    private static void bring(CreateNetworkInterfaceRequest.Builder creation, NewInterface wanted) {
        boolean ipv4 = wanted.family() == IpFamily.IPV4;
        switch (wanted.kind()) {
            case ADDRESS -> {
                if (ipv4) {
                    creation.secondaryPrivateIpAddressCount(wanted.count());
                } else {
                    creation.ipv6AddressCount(wanted.count());
                }
            }
            case PREFIX -> {
                if (ipv4) {
                    creation.ipv4PrefixCount(wanted.count());
                } else {
                    creation.ipv6PrefixCount(wanted.count());
                }
            }
        }
    }

    static List<String> groups(List<SecurityGroupId> groups) {
        return groups.stream().map(SecurityGroupId::value).toList();
    }

    AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception, InterruptedException {
        var query =
                AttachNetworkInterfaceRequest.builder()
                        .networkInterfaceId(id.value())
                        .instanceId(instance.value())
                        .deviceIndex(device)
                        .networkCardIndex(card)
                        .build();
        return request(
                Ec2Action.ATTACH_INTERFACE,
                id,
                () -> new AttachmentId(client.attachNetworkInterface(query).attachmentId()));
    }

    SdkResponse deleteOnTermination(InterfaceId id, AttachmentId attachment)
            throws Ec2Exception, InterruptedException {
        var query =
                ModifyNetworkInterfaceAttributeRequest.builder()
                        .networkInterfaceId(id.value())
                        .attachment(
                                a -> a.attachmentId(attachment.value()).deleteOnTermination(true))
                        .build();
        return request(
                Ec2Action.MODIFY_INTERFACE,
                id,
                () -> client.modifyNetworkInterfaceAttribute(query));
    }

    SdkResponse setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception, InterruptedException {
        var query =
                ModifyNetworkInterfaceAttributeRequest.builder()
                        .networkInterfaceId(id.value())
                        .groups(groups(groups))
                        .build();
        return request(
                Ec2Action.MODIFY_INTERFACE,
                id,
                () -> client.modifyNetworkInterfaceAttribute(query));
    }

    SdkResponse detach(AttachmentId attachment) throws Ec2Exception, InterruptedException {
        return request(
                Ec2Action.DETACH_INTERFACE,
                null,
                () -> client.detachNetworkInterface(r -> r.attachmentId(attachment.value())));
    }

    SdkResponse delete(InterfaceId id) throws Ec2Exception, InterruptedException {
        return request(
                Ec2Action.DELETE_INTERFACE,
                id,
                () -> client.deleteNetworkInterface(r -> r.networkInterfaceId(id.value())));
    }

    List<Cidr> assign(InterfaceId id, BlockKind kind, int count)
            throws Ec2Exception, InterruptedException {
        var wanted = AssignPrivateIpAddressesRequest.builder().networkInterfaceId(id.value());
        var query =
                kind == BlockKind.ADDRESS
                        ? wanted.secondaryPrivateIpAddressCount(count).build()
                        : wanted.ipv4PrefixCount(count).build();
        return request(
                Ec2Action.ASSIGN_ADDRESSES,
                id,
                () -> SdkConversions.given(client.assignPrivateIpAddresses(query), kind));
    }

    List<Cidr> assignIpv6(InterfaceId id, BlockKind kind, int count)
            throws Ec2Exception, InterruptedException {
        var wanted = AssignIpv6AddressesRequest.builder().networkInterfaceId(id.value());
        var query =
                kind == BlockKind.ADDRESS
                        ? wanted.ipv6AddressCount(count).build()
                        : wanted.ipv6PrefixCount(count).build();
        return request(
                Ec2Action.ASSIGN_IPV6_ADDRESSES,
                id,
                () -> SdkConversions.given(client.assignIpv6Addresses(query), kind));
    }

    SdkResponse unassign(InterfaceId id, BlockKind kind, Collection<Cidr> blocks)
            throws Ec2Exception, InterruptedException {
        var unwanted = UnassignPrivateIpAddressesRequest.builder().networkInterfaceId(id.value());
        var query =
                kind == BlockKind.ADDRESS
                        ? unwanted.privateIpAddresses(texts(blocks)).build()
                        : unwanted.ipv4Prefixes(texts(blocks)).build();
        return request(
                Ec2Action.UNASSIGN_ADDRESSES, id, () -> client.unassignPrivateIpAddresses(query));
    }

    SdkResponse unassignIpv6(InterfaceId id, BlockKind kind, Collection<Cidr> blocks)
            throws Ec2Exception, InterruptedException {
        var unwanted = UnassignIpv6AddressesRequest.builder().networkInterfaceId(id.value());
        var query =
                kind == BlockKind.ADDRESS
                        ? unwanted.ipv6Addresses(texts(blocks)).build()
                        : unwanted.ipv6Prefixes(texts(blocks)).build();
        return request(
                Ec2Action.UNASSIGN_IPV6_ADDRESSES, id, () -> client.unassignIpv6Addresses(query));
    }

    /** EC2 writes a single address without a length. */
    private static List<String> texts(Collection<Cidr> blocks) {
        return blocks.stream().map(BlockKind::text).toList();
    }

    List<ObservedInterface> describe(Collection<InterfaceId> ids)
            throws Ec2Exception, InterruptedException {
        InterfaceId only = ids.size() == 1 ? ids.iterator().next() : null;
        var query =
                DescribeNetworkInterfacesRequest.builder()
                        .networkInterfaceIds(ids.stream().map(InterfaceId::value).toList())
                        .build();
        return request(
                Ec2Action.DESCRIBE_INTERFACES,
                only,
                () ->
                        client.describeNetworkInterfaces(query).networkInterfaces().stream()
                                .map(SdkConversions::observed)
                                .toList());
    }

    List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        return describe(filter("attachment.instance-id", instance.value()));
    }

    List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception, InterruptedException {
        return describe(filter("vpc-id", vpc.value()), filter("description", description));
    }

    List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        var filters = new ArrayList<Filter>();
        filters.add(filter("vpc-id", vpc.value()));
        filters.add(filter("status", "available"));
        filters.add(filter("tag-key", tagKey));
        tags.forEach((key, value) -> filters.add(filter("tag:" + key, value)));
        return describe(filters.toArray(Filter[]::new));
    }

    InstanceType instanceType(String name) throws Ec2Exception, InterruptedException {
        return request(
                Ec2Action.DESCRIBE_INSTANCE_TYPES,
                null,
                () ->
                        SdkConversions.type(
                                client.describeInstanceTypes(r -> r.instanceTypesWithStrings(name))
                                        .instanceTypes()
                                        .getFirst()));
    }

    SdkResponse tag(InterfaceId id, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return request(
                Ec2Action.CREATE_TAGS,
                id,
                () -> client.createTags(r -> r.resources(id.value()).tags(tags(tags))));
    }

    ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException {
        return request(
                Ec2Action.DESCRIBE_SUBNETS,
                null,
                () ->
                        SdkConversions.observed(
                                client.describeSubnets(r -> r.subnetIds(id.value()))
                                        .subnets()
                                        .getFirst()));
    }

    List<ObservedSubnet> subnets(VpcId vpc, String zone) throws Ec2Exception, InterruptedException {
        var query =
                DescribeSubnetsRequest.builder()
                        .filters(filter("vpc-id", vpc.value()), filter("availability-zone", zone))
                        .build();
        return request(
                Ec2Action.DESCRIBE_SUBNETS,
                null,
                () ->
                        client.describeSubnetsPaginator(query).subnets().stream()
                                .map(SdkConversions::observed)
                                .toList());
    }

    /** Makes a request that {@code send} says is a dry run, which EC2 answers with a failure. */
    void rehearse(Ec2Action action, Function<Ec2Client, Object> send)
            throws Ec2Exception, InterruptedException {
        var _ = request(action, null, () -> send.apply(client));
    }

    @Override
    public void close() {
        client.close();
        credentials.close();
    }

    List<ObservedInterface> describe(Filter... filters) throws Ec2Exception, InterruptedException {
        var query =
                DescribeNetworkInterfacesRequest.builder()
                        .filters(filters)
                        .maxResults(PAGE)
                        .build();
        return request(
                Ec2Action.DESCRIBE_INTERFACES,
                null,
                () ->
                        client
                                .describeNetworkInterfacesPaginator(query)
                                .networkInterfaces()
                                .stream()
                                .map(SdkConversions::observed)
                                .toList());
    }

    /**
     * Makes a request and classifies its failure.
     *
     * @param subject what the request is about, for a failure that says it is gone
     */
    <T> T request(Ec2Action action, @Nullable InterfaceId subject, Supplier<T> request)
            throws Ec2Exception, InterruptedException {
        var sent = new SentMarkingClient.Mark();
        try {
            return ScopedValue.where(SentMarkingClient.MARK, sent).call(request::get);
        } catch (SdkException e) {
            if (Thread.interrupted()) {
                var interrupted = new InterruptedException(action.wireName() + " was interrupted");
                interrupted.initCause(e);
                throw interrupted;
            }
            throw Ec2ErrorCodes.translated(action, subject, sent.isMarked(), endpoint, e);
        } catch (IllegalArgumentException | NullPointerException | NoSuchElementException e) {
            throw Ec2ErrorCodes.unreadable(action, e);
        }
    }

    static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    static List<Tag> tags(SortedMap<String, String> tags) {
        return tags.entrySet().stream()
                .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
                .toList();
    }
}
