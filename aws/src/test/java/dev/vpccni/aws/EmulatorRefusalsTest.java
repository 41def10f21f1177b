package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.PrivateIpAddressSpecification;
import software.amazon.awssdk.services.ec2.model.Tag;

/** What the SDK sends without a word and EC2 does not take. */
class EmulatorRefusalsTest extends PlainSdk {

    @Test
    void countsAndIndexesBeyondAllLimits() {
        assertThat(codeOf(() -> ec2.createNetworkInterface(request(Integer.MAX_VALUE))))
                .isEqualTo("PrivateIpAddressLimitExceeded");
        String own = instance.networkInterfaces().getFirst().networkInterfaceId();
        assertThat(
                        codeOf(() ->
                                ec2.assignPrivateIpAddresses(request ->
                                        request.networkInterfaceId(own)
                                                .secondaryPrivateIpAddressCount(
                                                        Integer.MAX_VALUE))))
                .isEqualTo("PrivateIpAddressLimitExceeded");
        String free =
                ec2.createNetworkInterface(request(0)).networkInterface().networkInterfaceId();
        for (int index : new int[] {-7, 5000}) {
            assertThat(
                            codeOf(() ->
                                    ec2.attachNetworkInterface(request ->
                                            request.networkInterfaceId(free)
                                                    .instanceId(instance.instanceId())
                                                    .deviceIndex(index))))
                    .isEqualTo("InvalidParameterValue");
        }
    }

    @Test
    void whatContradictsItself() {
        assertThat(
                        codeOf(() ->
                                ec2.createNetworkInterface(
                                        request(0).toBuilder()
                                                .privateIpAddresses(
                                                        primary("10.0.0.20"), primary("10.0.0.21"))
                                                .build())))
                .isEqualTo("InvalidParameterCombination");
        assertThat(codeOf(() -> tag(tag("k", "1"), tag("k", "2"))))
                .isEqualTo("InvalidParameterValue");
    }

    @Test
    void whatNoXmlCanHoldAndWhatIsTooLong() {
        assertThat(codeOf(() -> tag(tag("k", "a\u0001b")))).isEqualTo("InvalidCharacter");
        assertThat(
                        codeOf(() ->
                                ec2.createNetworkInterface(
                                        request(0).toBuilder()
                                                .description("x".repeat(2 << 20))
                                                .build())))
                .isEqualTo("RequestEntityTooLarge");
        assertThat(ec2.describeNetworkInterfaces().networkInterfaces()).hasSize(1);
    }

    @Test
    void filtersAndTokens() {
        assertThat(
                        codeOf(() ->
                                ec2.describeSubnets(request ->
                                        request.filters(Filter.builder().name("vpc-id").build()))))
                .isEqualTo("MissingParameter");
        assertThat(
                        ec2.describeInstanceTypes(request ->
                                        request.filters(
                                                Filter.builder()
                                                        .name("instance-type")
                                                        .values("c5.large", "m5.l*e")
                                                        .build()))
                                .instanceTypes())
                .extracting(InstanceTypeInfo::instanceTypeAsString)
                .containsExactlyInAnyOrder("c5.large", "m5.large");
        String token = ec2.describeInstanceTypes(request -> request.maxResults(5)).nextToken();
        assertThat(
                        codeOf(() ->
                                ec2.describeNetworkInterfaces(
                                        request -> request.maxResults(5).nextToken(token))))
                .isEqualTo("InvalidNextToken");
    }

    private void tag(Tag... tags) {
        String own = instance.networkInterfaces().getFirst().networkInterfaceId();
        var _ = ec2.createTags(request -> request.resources(own).tags(tags));
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static PrivateIpAddressSpecification primary(String address) {
        return PrivateIpAddressSpecification.builder()
                .privateIpAddress(address)
                .primary(true)
                .build();
    }
}
