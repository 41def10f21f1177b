package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.Spread;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttachmentActionsTest {

    private static final Latency SLOW =
            new Latency(
                    new TreeMap<>(),
                    Spread.NONE,
                    Spread.always(Duration.ofSeconds(2)),
                    Spread.NONE,
                    Spread.NONE,
                    Spread.NONE,
                    Spread.always(Duration.ofSeconds(5)),
                    Duration.ofSeconds(1),
                    Duration.ZERO);

    @Test
    void anAttachmentGoesThroughItsStates() {
        World world = World.with(SLOW);
        InstanceId instance = world.instance("m5.large");
        InterfaceId eni = world.eni(world.subnetA, 2).id();

        AttachmentId attachment = world.attach(eni, instance, 1);

        assertThat(world.describe(eni).status()).isEqualTo("in-use");
        assertThat(world.attachment(eni).status()).isEqualTo("attaching");
        assertThat(world.attachment(eni).deleteOnTermination()).isFalse();
        assertThat(world.cloud().ports(world.now())).doesNotContainKey(eni);
        assertThat(world.cloud().nextPortChange(world.now())).isEqualTo(world.now().plusSeconds(2));
        world.pass(Duration.ofSeconds(2));
        assertThat(world.attachment(eni).status()).isEqualTo("attached");
        assertThat(world.cloud().ports(world.now())).containsKey(eni);
        assertThat(world.cloud().nextPortChange(world.now())).isNull();

        world.call(new DetachNetworkInterface(attachment, false));
        assertThat(world.attachment(eni).status()).isEqualTo("detaching");
        assertThat(world.refused(new DetachNetworkInterface(attachment, false)).code())
                .isEqualTo("IncorrectState");
        Ec2Error inUse = world.refused(new DeleteNetworkInterface(eni));
        assertThat(inUse.code()).isEqualTo("InvalidParameterValue");
        assertThat(inUse.message()).endsWith("is currently in use.");
        world.pass(Duration.ofSeconds(5));
        assertThat(world.describe(eni).status()).isEqualTo("available");
        assertThat(world.attachment(eni).status()).isEqualTo("detached");
        assertThat(world.cloud().ports(world.now())).doesNotContainKey(eni);
        world.pass(Duration.ofSeconds(1));
        assertThat(world.describe(eni).attachment()).isNull();
        assertThat(world.refused(new DetachNetworkInterface(attachment, false)).code())
                .isEqualTo("InvalidAttachmentID.NotFound");
        world.call(new DeleteNetworkInterface(eni));
    }

    @Test
    void aDeviceIndexIsTakenOnce() {
        World world = World.instant();
        InstanceId instance = world.instance("m5.large");
        world.attach(world.eni(world.subnetA, 0).id(), instance, 1);
        InterfaceId second = world.eni(world.subnetA, 0).id();

        Ec2Error error = world.refused(new AttachNetworkInterface(second, instance, 0, 1));

        assertThat(error.code()).isEqualTo("InvalidParameterValue");
        assertThat(error.message())
                .contains("already has an interface attached at device index '1'");
    }

    @Test
    void anInterfaceIsAttachedOnce() {
        World world = World.instant();
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        world.attach(eni, world.instance("m5.large"), 1);

        var again = new AttachNetworkInterface(eni, world.instance("m5.large"), 0, 1);
        assertThat(world.refused(again).code()).isEqualTo("InvalidNetworkInterface.InUse");
    }

    @Test
    void aTypeLimitsItsInterfaces() {
        World world = World.instant();
        InstanceId instance = world.instance("t3.medium");
        world.attach(world.eni(world.subnetA, 0).id(), instance, 1);
        world.attach(world.eni(world.subnetA, 0).id(), instance, 2);
        InterfaceId fourth = world.eni(world.subnetA, 0).id();

        Ec2Error error = world.refused(new AttachNetworkInterface(fourth, instance, 0, 3));

        assertThat(error.code()).isEqualTo("AttachmentLimitExceeded");
        assertThat(error.message()).isEqualTo("Interface count 4 exceeds the limit for t3.medium");
    }

    @Test
    void eachCardHasItsOwnLimitAndIndexes() {
        World world = World.instant();
        InstanceId instance = world.instance("p5.48xlarge");

        world.call(new AttachNetworkInterface(world.eni(world.subnetA, 0).id(), instance, 31, 0));

        var tooFar = new AttachNetworkInterface(world.eni(world.subnetA, 0).id(), instance, 32, 0);
        assertThat(world.refused(tooFar).code()).isEqualTo("InvalidParameterValue");
    }

    @Test
    void aTypeLimitsTheAddressesOfAnInterface() {
        World world = World.instant();
        InterfaceId eni = world.eni(world.subnetA, 6).id();

        var attach = new AttachNetworkInterface(eni, world.instance("t3.medium"), 0, 1);
        Ec2Error error = world.refused(attach);

        assertThat(error.code()).isEqualTo("InvalidInterface.IpAddressLimitExceeded");
        assertThat(world.describe(eni).status()).isEqualTo("available");
    }

    @Test
    void interfaceAndInstanceShareAZone() {
        World world = World.instant();
        InterfaceId eni = world.eni(world.subnetB, 0).id();

        Ec2Error error =
                world.refused(new AttachNetworkInterface(eni, world.instance("m5.large"), 0, 1));

        assertThat(error.code()).isEqualTo("InvalidParameterCombination");
        assertThat(error.message())
                .isEqualTo(
                        "You may not attach a network interface to an instance if they are not in"
                                + " the same availability zone");
    }

    @Test
    void thePrimaryInterfaceStays() {
        World world = World.instant();
        InstanceId instance = world.instance("m5.large");
        InterfaceId eni = world.cloud().ports(world.now()).firstKey();
        AttachmentId primary = world.attachment(eni).id();
        assertThat(world.attachment(eni).instance()).isEqualTo(instance);

        assertThat(world.refused(new DetachNetworkInterface(primary, false)).code())
                .isEqualTo("OperationNotPermitted");
    }

    @Test
    void terminationDeletesOnlyWhatIsMarked() {
        World world = World.instant();
        InstanceId instance = world.instance("m5.large");
        InterfaceId marked = world.eni(world.subnetA, 0).id();
        InterfaceId kept = world.eni(world.subnetA, 0).id();
        AttachmentId attachment = world.attach(marked, instance, 1);
        world.attach(kept, instance, 2);
        world.call(
                new ModifyNetworkInterfaceAttribute(
                        marked, new Change.DeleteOnTermination(attachment, true)));

        world.call(new TerminateInstances(instance));

        assertThat(world.contents().enis().keys()).containsExactly(kept);
        assertThat(world.describe(kept).status()).isEqualTo("available");
        assertThat(world.cloud().ports(world.now())).isEmpty();
        assertThat(world.metadata(instance, "instance-id")).isNull();
    }
}
