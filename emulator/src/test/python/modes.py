"""Builds a VPC with boto3 and gives its instances addresses in every way that there is.

Arguments: the endpoint. Prints a line for each case and ends with the number of those that went
wrong. botocore's model decides which elements of an answer are seen at all.
"""

import ipaddress
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ec2 = boto3.client(
    "ec2",
    endpoint_url=sys.argv[1],
    region_name="us-west-2",
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
    aws_secret_access_key="secret",
    config=Config(retries={"max_attempts": 0}),
)
failed = 0


def told(case, expected, seen):
    global failed
    failed += expected != seen
    print(f"{'ok' if expected == seen else 'WRONG'}: {case}: {expected}, {seen}")


def refused(code, action, **arguments):
    """Sends a request of which the error's code is expected."""
    try:
        getattr(ec2, action)(**arguments)
        seen = "no error"
    except ClientError as error:
        seen = error.response["Error"]["Code"]
    told(f"{action} {str(arguments)[:100]}", code, seen)


def eni(identifier):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[identifier])["NetworkInterfaces"][0]


def prefixes(description):
    return sorted(entry["Ipv4Prefix"] for entry in description.get("Ipv4Prefixes", []))


def free(subnet):
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]


vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
VPC = vpc["VpcId"]
six = ipaddress.ip_network(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
told("an IPv6 block", 56, six.prefixlen)
second = ec2.associate_vpc_cidr_block(VpcId=VPC, CidrBlock="100.64.0.0/16")
told("a second block", "100.64.0.0/16", second["CidrBlockAssociation"]["CidrBlock"])
blocks = ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["CidrBlockAssociationSet"]
told("both blocks", ["10.77.0.0/16", "100.64.0.0/16"], [block["CidrBlock"] for block in blocks])
told("each has an association", 2, len({block["AssociationId"] for block in blocks}))

zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
told("zones", True, "us-west-2a" in zones)
told("regions", "us-west-2", ec2.describe_regions()["Regions"][0]["RegionName"])
name = [{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "nodes"}]}]
subnet = ec2.create_subnet(
    VpcId=VPC, CidrBlock="10.77.1.0/24", AvailabilityZone=zones[0], TagSpecifications=name
)["Subnet"]
SUBNET = subnet["SubnetId"]
told("a /24", (251, "nodes"), (subnet["AvailableIpAddressCount"], subnet["Tags"][0]["Value"]))
sixty_four = str(next(six.subnets(new_prefix=64)))
ec2.associate_subnet_cidr_block(SubnetId=SUBNET, Ipv6CidrBlock=sixty_four)
described = ec2.describe_subnets(SubnetIds=[SUBNET])["Subnets"][0]
told(
    "its /64", sixty_four, described["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
)
pods = ec2.create_subnet(
    VpcId=VPC, CidrBlock="100.64.1.0/24", AvailabilityZoneId="usw2-az1"
)["Subnet"]
told("a zone by its id", zones[0], pods["AvailabilityZone"])

group = ec2.create_security_group(GroupName="pods", Description="of pods", VpcId=VPC)["GroupId"]
found = ec2.describe_security_groups(
    Filters=[{"Name": "vpc-id", "Values": [VPC]}, {"Name": "group-name", "Values": ["pods"]}]
)["SecurityGroups"]
told("the group", [(group, "of pods")], [(it["GroupId"], it["Description"]) for it in found])

started = ec2.run_instances(
    ImageId="ami-1",
    InstanceType="c6in.32xlarge",
    MinCount=1,
    MaxCount=1,
    NetworkInterfaces=[
        {
            "DeviceIndex": 0,
            "SubnetId": SUBNET,
            "Groups": [group],
            "Ipv4PrefixCount": 1,
            "Ipv6PrefixCount": 1,
        }
    ],
    TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "eks:cluster-name", "Value": "demo"}]}
    ],
)["Instances"][0]
INSTANCE = started["InstanceId"]
primary = started["NetworkInterfaces"][0]
told("an instance starts with a prefix", 1, len(primary["Ipv4Prefixes"]))
told("and one of IPv6", 1, len(primary["Ipv6Prefixes"]))
told("running", "running", started["State"]["Name"])
told("17 are taken", 251 - 17, free(SUBNET))
tags = ec2.describe_tags(
    Filters=[
        {"Name": "resource-id", "Values": [INSTANCE]},
        {"Name": "key", "Values": ["eks:cluster-name"]},
    ]
)["Tags"]
told("its tag", [("instance", "demo")], [(it["ResourceType"], it["Value"]) for it in tags])

made = ec2.create_network_interface(
    SubnetId=SUBNET, Ipv4PrefixCount=2, Ipv6AddressCount=2, Groups=[group]
)["NetworkInterface"]
ENI = made["NetworkInterfaceId"]
told("created with prefixes", 2, len(made["Ipv4Prefixes"]))
told("and IPv6 addresses", 2, len(made["Ipv6Addresses"]))
attached = ec2.attach_network_interface(
    NetworkInterfaceId=ENI, InstanceId=INSTANCE, DeviceIndex=0, NetworkCardIndex=1
)
told("on the second card", 1, attached["NetworkCardIndex"])
refused(
    "InvalidParameterValue",
    "attach_network_interface",
    NetworkInterfaceId=ec2.create_network_interface(SubnetId=SUBNET)["NetworkInterface"][
        "NetworkInterfaceId"
    ],
    InstanceId=INSTANCE,
    DeviceIndex=1,
    NetworkCardIndex=2,
)
shown = ec2.describe_instances(InstanceIds=[INSTANCE])["Reservations"][0]["Instances"][0]
places = [
    (it["Attachment"]["NetworkCardIndex"], it["Attachment"]["DeviceIndex"])
    for it in shown["NetworkInterfaces"]
]
told("both are seen", [(0, 0), (1, 0)], places)

more = ec2.assign_private_ip_addresses(NetworkInterfaceId=ENI, Ipv4PrefixCount=1)
told("just the new one", 1, len(more["AssignedIpv4Prefixes"]))
told("no single address", [], more["AssignedPrivateIpAddresses"])
told("three by now", 3, len(prefixes(eni(ENI))))
gone = more["AssignedIpv4Prefixes"][0]["Ipv4Prefix"]
ec2.unassign_private_ip_addresses(NetworkInterfaceId=ENI, Ipv4Prefixes=[gone])
told("two again", False, gone in prefixes(eni(ENI)))
again = ec2.assign_private_ip_addresses(NetworkInterfaceId=ENI, Ipv4Prefixes=[gone])
told("the same by name", gone, again["AssignedIpv4Prefixes"][0]["Ipv4Prefix"])
inside = str(ipaddress.ip_network(gone)[3])
refused(
    "InvalidIPAddress.InUse",
    "assign_private_ip_addresses",
    NetworkInterfaceId=primary["NetworkInterfaceId"],
    PrivateIpAddresses=[inside],
)

answer = ec2.assign_ipv6_addresses(NetworkInterfaceId=ENI, Ipv6PrefixCount=1)
eighty = answer["AssignedIpv6Prefixes"][0]
told("an /80", True, ipaddress.ip_network(eighty).subnet_of(ipaddress.ip_network(sixty_four)))
told("seen", [{"Ipv6Prefix": eighty}], eni(ENI)["Ipv6Prefixes"])
answer = ec2.unassign_ipv6_addresses(
    NetworkInterfaceId=ENI,
    Ipv6Prefixes=[eighty],
    Ipv6Addresses=[made["Ipv6Addresses"][0]["Ipv6Address"]],
)
told("given back", [eighty], answer["UnassignedIpv6Prefixes"])
told("one address left", 1, len(eni(ENI)["Ipv6Addresses"]))

small = ec2.create_subnet(VpcId=VPC, CidrBlock="10.77.2.0/26", AvailabilityZone=zones[0])["Subnet"]
lonely = ec2.create_network_interface(SubnetId=small["SubnetId"])["NetworkInterface"]
for address in "10.77.2.20", "10.77.2.40":
    if address != lonely["PrivateIpAddress"]:
        ec2.assign_private_ip_addresses(
            NetworkInterfaceId=lonely["NetworkInterfaceId"], PrivateIpAddresses=[address]
        )
told("many are free", True, free(small["SubnetId"]) > 50)
refused(
    "InsufficientCidrBlocks",
    "assign_private_ip_addresses",
    NetworkInterfaceId=lonely["NetworkInterfaceId"],
    Ipv4PrefixCount=1,
)
refused(
    "InsufficientFreeAddressesInSubnet",
    "create_network_interface",
    SubnetId=small["SubnetId"],
    SecondaryPrivateIpAddressCount=60,
)
refused("DependencyViolation", "delete_subnet", SubnetId=small["SubnetId"])
ec2.delete_network_interface(NetworkInterfaceId=lonely["NetworkInterfaceId"])
ec2.delete_subnet(SubnetId=small["SubnetId"])
refused("InvalidSubnetID.NotFound", "describe_subnets", SubnetIds=[small["SubnetId"]])

before = free(pods["SubnetId"])
kept = ec2.create_subnet_cidr_reservation(
    SubnetId=pods["SubnetId"], Cidr="100.64.1.64/27", ReservationType="prefix"
)["SubnetCidrReservation"]
told("32 are kept", before - 32, free(pods["SubnetId"]))
listed = ec2.get_subnet_cidr_reservations(SubnetId=pods["SubnetId"])["SubnetIpv4CidrReservations"]
told("and listed", [kept], listed)
both = ec2.create_network_interface(SubnetId=pods["SubnetId"], Ipv4PrefixCount=2)
told(
    "from the kept part",
    ["100.64.1.64/28", "100.64.1.80/28"],
    prefixes(both["NetworkInterface"]),
)
told(
    "given up",
    kept["SubnetCidrReservationId"],
    ec2.delete_subnet_cidr_reservation(
        SubnetCidrReservationId=kept["SubnetCidrReservationId"]
    )["DeletedSubnetCidrReservation"]["SubnetCidrReservationId"],
)

types = ec2.describe_instance_types(InstanceTypes=["c6in.32xlarge", "m1.small"])["InstanceTypes"]
facts = {it["InstanceType"]: it["NetworkInfo"] for it in types}
told("cards", [8, 8], [c["MaximumNetworkInterfaces"] for c in facts["c6in.32xlarge"]["NetworkCards"]])
told("IPv6", (50, True), (facts["c6in.32xlarge"]["Ipv6AddressesPerInterface"], True))
told("none of old", (0, False), (facts["m1.small"]["Ipv6AddressesPerInterface"], facts["m1.small"]["Ipv6Supported"]))

ec2.create_tags(Resources=[ENI], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
ec2.delete_tags(Resources=[ENI], Tags=[{"Key": "a"}])
told("one tag left", [{"Key": "b", "Value": "2"}], eni(ENI)["TagSet"])

ended = ec2.terminate_instances(InstanceIds=[INSTANCE])["TerminatingInstances"][0]
told("ended", ("running", "terminated"), (ended["PreviousState"]["Name"], ended["CurrentState"]["Name"]))
refused(
    "InvalidNetworkInterfaceID.NotFound",
    "describe_network_interfaces",
    NetworkInterfaceIds=[primary["NetworkInterfaceId"]],
)
told("the other is free", "available", eni(ENI)["Status"])
sys.exit(failed)
