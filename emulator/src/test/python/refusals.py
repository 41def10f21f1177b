"""Sends the emulator what it must refuse, as boto3 and the AWS CLI send it.

Arguments: the endpoint, a subnet, an instance, an interface of the instance, a free interface.
Prints a line for each case and ends with the number of those that went wrong.
"""

import os
import subprocess
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, SUBNET, INSTANCE, OWN, FREE = sys.argv[1:]
REGION = "us-west-2"
HUGE = 2147483647
ec2 = boto3.client(
    "ec2",
    endpoint_url=ENDPOINT,
    region_name=REGION,
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
    """Sends a request with boto3, of which the error's code is expected."""
    try:
        getattr(ec2, action)(**arguments)
        seen = "no error"
    except ClientError as error:
        seen = error.response["Error"]["Code"]
    told(f"boto3 {action} {str(arguments)[:100]}", code, seen)


def refused_by_cli(code, *arguments):
    """Sends a request with the AWS CLI, which names the code in parentheses."""
    command = [sys.executable, "-m", "awscli", "ec2", *arguments]
    command += ["--endpoint-url", ENDPOINT, "--region", REGION, "--cli-read-timeout", "30"]
    credentials = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    environment = {**os.environ, **credentials, "AWS_MAX_ATTEMPTS": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    seen = code if f"({code})" in ended.stderr else ended.stderr.strip()[-200:]
    told(f"aws ec2 {' '.join(arguments)[:100]}", code, seen)


refused(
    "PrivateIpAddressLimitExceeded",
    "create_network_interface",
    SubnetId=SUBNET,
    SecondaryPrivateIpAddressCount=HUGE,
)
refused(
    "PrivateIpAddressLimitExceeded",
    "assign_private_ip_addresses",
    NetworkInterfaceId=OWN,
    SecondaryPrivateIpAddressCount=HUGE,
)
refused(
    "InvalidCharacter", "create_tags", Resources=[OWN], Tags=[{"Key": "k", "Value": "a\x01b"}]
)
refused(
    "RequestEntityTooLarge",
    "create_network_interface",
    SubnetId=SUBNET,
    Description="x" * (2 << 20),
)
for index in -7, 5000:
    refused(
        "InvalidParameterValue",
        "attach_network_interface",
        NetworkInterfaceId=FREE,
        InstanceId=INSTANCE,
        DeviceIndex=index,
    )
refused(
    "InvalidParameterCombination",
    "create_network_interface",
    SubnetId=SUBNET,
    PrivateIpAddresses=[
        {"PrivateIpAddress": "10.42.1.20", "Primary": True},
        {"PrivateIpAddress": "10.42.1.21", "Primary": True},
    ],
)
refused(
    "InvalidParameterValue",
    "create_tags",
    Resources=[OWN],
    Tags=[{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}],
)
refused("MissingParameter", "describe_subnets", Filters=[{"Name": "vpc-id"}])
refused(
    "InvalidParameterValue",
    "describe_instance_types",
    Filters=[{"Name": "no-such", "Values": ["x"]}],
)
page = ec2.describe_instance_types(MaxResults=5)
refused("InvalidNextToken", "describe_network_interfaces", MaxResults=5, NextToken=page["NextToken"])
large = ec2.describe_instance_types(Filters=[{"Name": "instance-type", "Values": ["m5.large"]}])
told("boto3 filters types", ["m5.large"], [t["InstanceType"] for t in large["InstanceTypes"]])

count = "--secondary-private-ip-address-count"
refused_by_cli(
    "PrivateIpAddressLimitExceeded",
    *("create-network-interface", "--subnet-id", SUBNET, count, str(HUGE)),
)
attach = ("attach-network-interface", "--network-interface-id", FREE, "--instance-id", INSTANCE)
refused_by_cli("InvalidParameterValue", *attach, "--device-index", "5000")
tags = '[{"Key": "k", "Value": "a\\u0001b"}]'
refused_by_cli("InvalidCharacter", "create-tags", "--resources", OWN, "--tags", tags)
refused_by_cli("MissingParameter", "describe-subnets", "--filters", "Name=vpc-id")
interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
told("nothing was made", 2, len(interfaces))
told("nothing was tagged", [], [tag for eni in interfaces for tag in eni["TagSet"]])
sys.exit(failed)
