package dev.vpccni.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.state.PortListener;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PortsTest {

    private static final Duration DEVICE = Duration.ofMillis(120);

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Test
    void listenersFollowDevicesWhenTheyAppear() throws Exception {
        try (var cloud = new SmallCloud(Latency.scenario(Duration.ZERO, DEVICE))) {
            Emulator emulator = cloud.emulator;
            emulator.listen(new Recorder());
            assertThat(next()).isEqualTo("plugged 0 with 1");
            var eni =
                    emulator.apply(
                                    new CreateNetworkInterface(
                                            "", cloud.subnet, "", List.of(), new TreeMap<>(), 2))
                            .reply()
                            .eni();

            long before = System.nanoTime();
            var attached =
                    emulator.apply(new AttachNetworkInterface(eni.id(), cloud.instance, 0, 1))
                            .reply();
            assertThat(next()).isEqualTo("plugged 1 with 3");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(DEVICE);

            emulator.apply(new AssignPrivateIpAddresses(eni.id(), 1)).reply();
            assertThat(next()).isEqualTo("changed 1 from 3 to 4");
            emulator.apply(new DetachNetworkInterface(attached.attachment(), false)).reply();
            assertThat(next()).isEqualTo("unplugged 1");
            emulator.terminateInstance(cloud.instance);
            emulator.settle();
            assertThat(events).containsExactly("unplugged 0");
        }
    }

    private String next() throws InterruptedException {
        return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }

    private final class Recorder implements PortListener {

        @Override
        public void plugged(Port port) {
            events.add("plugged " + port.device() + " with " + port.addresses().size());
        }

        @Override
        public void changed(Port before, Port after) {
            events.add(
                    "changed "
                            + after.device()
                            + " from "
                            + before.addresses().size()
                            + " to "
                            + after.addresses().size());
        }

        @Override
        public void unplugged(Port port) {
            events.add("unplugged " + port.device());
        }
    }
}
