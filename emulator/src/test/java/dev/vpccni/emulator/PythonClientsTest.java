package dev.vpccni.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** boto3 and the AWS CLI, whose own checks let more through than EC2 takes. */
class PythonClientsTest {

    private static final Path SCRIPT = Path.of("src/test/python/refusals.py");

    /** Where they are installed if this machine does not have them. */
    private static final Path INSTALLED = Path.of("target/python");

    private static final long PATIENCE_MINUTES = 5;

    @Test
    void areRefusedWhatCannotBe() throws Exception {
        try (var cloud = new SmallCloud(Latency.INSTANT)) {
            InterfaceId own =
                    cloud.emulator.cloud().ports(cloud.emulator.now()).firstEntry().getKey();
            InterfaceId free =
                    cloud.emulator
                            .apply(
                                    new CreateNetworkInterface(
                                            "", cloud.subnet, "", List.of(), new TreeMap<>(), 0))
                            .reply()
                            .eni()
                            .id();

            Ended ended =
                    run(
                            python(),
                            SCRIPT.toString(),
                            cloud.emulator.endpoint().toString(),
                            cloud.subnet.value(),
                            cloud.instance.value(),
                            own.value(),
                            free.value());

            assertThat(ended.status()).as(ended.text()).isZero();
            assertThat(ended.text().lines().filter(line -> line.startsWith("ok: ")))
                    .hasSizeGreaterThan(15);
        }
    }

    @Test
    void buildAVpcAndGiveAddressesInEveryWay() throws Exception {
        try (var cloud = new SmallCloud(Latency.INSTANT)) {
            Ended ended =
                    run(python(), "src/test/python/modes.py", cloud.emulator.endpoint().toString());

            assertThat(ended.status()).as(ended.text()).isZero();
            assertThat(ended.text().lines().filter(line -> line.startsWith("ok: ")))
                    .hasSizeGreaterThan(40);
        }
    }

    private static String python() throws Exception {
        if (run("python3", "-c", "import boto3, awscli").status() == 0) {
            return "python3";
        }
        Path python = INSTALLED.resolve("bin/python");
        if (!Files.exists(python) || run(python.toString(), "-c", "import awscli").status() != 0) {
            Ended made = run("python3", "-m", "venv", INSTALLED.toString());
            assertThat(made.status()).as(made.text()).isZero();
            Ended got =
                    run(python.toString(), "-m", "pip", "install", "--quiet", "boto3", "awscli");
            assertThat(got.status()).as(got.text()).isZero();
        }
        return python.toString();
    }

    private record Ended(int status, String text) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("python", ".txt");
        try {
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
            Process process = builder.start();
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
            return new Ended(process.exitValue(), Files.readString(out, UTF_8));
        } finally {
            Files.delete(out);
        }
    }
}
