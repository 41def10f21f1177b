package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prefixes and IPv6 in requests, and what is read of them. */
final class AwsEc2BlocksTest extends PreparedAnswers {

    @Test
    void assignsAndUnassignsPrefixes() throws Exception {
        server.thenAnswer(
                        "AssignPrivateIpAddresses",
                        """
                        <networkInterfaceId>x</networkInterfaceId><assignedIpv4PrefixSet>
                        <item><ipv4Prefix>10.0.0.32/28</ipv4Prefix></item>
                        <item><ipv4Prefix>10.0.0.16/28</ipv4Prefix></item>
                        </assignedIpv4PrefixSet><return>true</return>
                        """)
                .thenAnswer("UnassignPrivateIpAddresses", "<return>true</return>");
        Cidr lower = Cidr.parse("10.0.0.16/28");
        Cidr upper = Cidr.parse("10.0.0.32/28");

        assertThat(ec2.assign(ENI, IpFamily.IPV4, BlockKind.PREFIX, 2))
                .containsExactly(upper, lower);
        ec2.unassign(ENI, List.of(lower, upper));

        assertThat(form(0))
                .containsEntry("Ipv4PrefixCount", "2")
                .doesNotContainKey("SecondaryPrivateIpAddressCount");
        assertThat(form(1))
                .containsEntry("Ipv4Prefix.1", "10.0.0.16/28")
                .containsEntry("Ipv4Prefix.2", "10.0.0.32/28")
                .doesNotContainKey("PrivateIpAddress.1");
    }

    @Test
    void assignsAndUnassignsPrefixesOfIpv6() throws Exception {
        server.thenAnswer(
                        "AssignIpv6Addresses",
                        """
                        <networkInterfaceId>x</networkInterfaceId><assignedIpv6PrefixSet>
                        <item>2001:db8:0:1:a::/80</item></assignedIpv6PrefixSet>
                        """)
                .thenAnswer("UnassignIpv6Addresses", "<networkInterfaceId>x</networkInterfaceId>");
        Cidr prefix = Cidr.parse("2001:db8:0:1:a::/80");

        assertThat(ec2.assign(ENI, IpFamily.IPV6, BlockKind.PREFIX, 1)).containsExactly(prefix);
        ec2.unassign(ENI, List.of(prefix));

        assertThat(form(0))
                .containsEntry("Action", "AssignIpv6Addresses")
                .containsEntry("Ipv6PrefixCount", "1");
        assertThat(form(1))
                .containsEntry("Action", "UnassignIpv6Addresses")
                .containsEntry("Ipv6Prefix.1", "2001:db8:0:1:a::/80");
        assertThat(calls).containsExactly("AssignIpv6Addresses ", "UnassignIpv6Addresses ");
    }

    @Test
    void assignsAndUnassignsAddressesOfIpv6() throws Exception {
        server.thenAnswer(
                        "AssignIpv6Addresses",
                        """
                        <networkInterfaceId>x</networkInterfaceId><assignedIpv6Addresses>
                        <item>2001:db8::7</item></assignedIpv6Addresses>
                        """)
                .thenAnswer("UnassignIpv6Addresses", "<networkInterfaceId>x</networkInterfaceId>");
        Cidr seven = Cidr.parse("2001:db8::7/128");

        assertThat(ec2.assign(ENI, IpFamily.IPV6, BlockKind.ADDRESS, 1)).containsExactly(seven);
        ec2.unassign(ENI, List.of(seven));

        assertThat(form(0)).containsEntry("Ipv6AddressCount", "1");
        assertThat(form(1)).containsEntry("Ipv6Addresses.1", "2001:db8::7");
    }

    @ParameterizedTest
    @CsvSource({
        "IPV4, ADDRESS, SecondaryPrivateIpAddressCount",
        "IPV4, PREFIX, Ipv4PrefixCount",
        "IPV6, ADDRESS, Ipv6AddressCount",
        "IPV6, PREFIX, Ipv6PrefixCount"
    })
    void createsWithBlocksOfOneKind(IpFamily family, BlockKind kind, String field)
            throws Exception {
        server.thenAnswer(
                "CreateNetworkInterface", "<networkInterface>" + DESCRIBED + "</networkInterface>");

        ec2.createInterface(wanted(family, kind, 2));

        assertThat(onlyForm().keySet())
                .filteredOn(key -> key.endsWith("Count"))
                .containsExactly(field);
        assertThat(onlyForm()).containsEntry(field, "2");
    }

    @Test
    void describesPrefixesAndAddressesOfIpv6() throws Exception {
        server.thenAnswer(
                "DescribeNetworkInterfaces",
                "<networkInterfaceSet><item>"
                        + DESCRIBED
                        + """
                        <ipv4PrefixSet><item><ipv4Prefix>10.0.0.32/28</ipv4Prefix></item></ipv4PrefixSet>
                        <ipv6PrefixSet><item><ipv6Prefix>2001:db8:0:1:a::/80</ipv6Prefix></item></ipv6PrefixSet>
                        <ipv6AddressesSet><item><ipv6Address>2001:db8:0:1::5</ipv6Address></item></ipv6AddressesSet>
                        """
                        + "</item></networkInterfaceSet>");

        ObservedInterface shown = ec2.describe(List.of(ENI)).getFirst();

        assertThat(shown.prefixes())
                .containsExactly(Cidr.parse("10.0.0.32/28"), Cidr.parse("2001:db8:0:1:a::/80"));
        assertThat(shown.ipv6Addresses()).containsExactly(Ipv6Address.parse("2001:db8:0:1::5"));
        assertThat(shown.blocks(IpFamily.IPV4))
                .containsExactly(
                        Cidr.parse("10.0.0.11/32"),
                        Cidr.parse("10.0.0.10/32"),
                        Cidr.parse("10.0.0.32/28"));
        assertThat(shown.blocks(IpFamily.IPV6))
                .as("its own address is no pod's")
                .containsExactly(Cidr.parse("2001:db8:0:1:a::/80"));
        assertThat(shown.ownAddress(IpFamily.IPV6)).isEqualTo(Ipv6Address.parse("2001:db8:0:1::5"));
        assertThat(shown.ownAddress(IpFamily.IPV4)).isEqualTo(Ipv4Address.parse("10.0.0.9"));
    }

    @Test
    void listsTheBlocksOfBothFamiliesThatSubnetsHave() throws Exception {
        server.thenAnswer(
                "DescribeSubnets",
                "<subnetSet>"
                        + subnetItem(
                                association("2001:db8:0:1::/64", "associated")
                                        + association("2001:db8:0:9::/64", "disassociated"))
                        + """
                        <item><subnetId>subnet-6</subnetId>
                        <availableIpAddressCount>0</availableIpAddressCount>
                        <ipv6CidrBlockAssociationSet>
                        """
                        + association("2001:db8:0:6::/64", "associated")
                        + "</ipv6CidrBlockAssociationSet></item></subnetSet>");

        assertThat(ec2.subnets(new VpcId("vpc-1"), "us-west-2a"))
                .extracting(ObservedSubnet::cidrs)
                .containsExactly(
                        List.of(Cidr.parse("10.0.0.0/24"), Cidr.parse("2001:db8:0:1::/64")),
                        List.of(Cidr.parse("2001:db8:0:6::/64")));
    }

    private static String subnetItem(String associations) {
        return "<item><subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock>"
                + "<availableIpAddressCount>7</availableIpAddressCount>"
                + "<ipv6CidrBlockAssociationSet>"
                + associations
                + "</ipv6CidrBlockAssociationSet></item>";
    }

    private static String association(String cidr, String state) {
        return "<item><ipv6CidrBlock>"
                + cidr
                + "</ipv6CidrBlock><ipv6CidrBlockState><state>"
                + state
                + "</state></ipv6CidrBlockState></item>";
    }
}
