package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A start reads metadata and hands out addresses before it needs EC2, so it must not pay for it.
 */
final class LazyLoadingTest {

    /** What a daemon does before its first call to EC2, in a machine of its own. */
    public static void main(String[] arguments) {
        var tempo = new SkippingTempo();
        var settings = new AwsSettings("us-west-2", null, "v", Duration.ofSeconds(1), Map.of());
        try (var ec2 = new AwsEc2(settings, tempo, CallListener.NONE)) {
            System.out.println("made " + ec2.getClass());
        }
        var metadata =
                new InstanceMetadata(
                        InstanceMetadata.LINK_LOCAL, tempo, new Random(1), CallListener.NONE);
        System.out.println("made " + metadata.getClass());
    }

    @Test
    void loadsNoClassOfTheSdkBeforeTheFirstCall() throws Exception {
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-Xlog:class+load:stdout",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        LazyLoadingTest.class.getName());
        builder.environment().clear();
        Process process = builder.redirectErrorStream(true).start();
        List<String> lines;
        try (var output = process.inputReader()) {
            lines = output.lines().toList();
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(lines).anyMatch(line -> line.contains("made class dev.vpccni.aws.AwsEc2"));
        assertThat(lines).anyMatch(line -> line.contains(" dev.vpccni.aws.InstanceMetadata "));
        assertThat(lines).noneMatch(line -> line.contains(" software.amazon."));
    }
}
