package dev.vpccni.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorCommand;
import dev.vpccni.emulator.EmulatorOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;

/** The plain AWS SDK, connected to an emulator of the test's own. */
abstract class PlainSdk {

    Emulator emulator;
    Ec2Client ec2;
    Instance instance;

    @BeforeEach
    void connect() throws IOException {
        emulator =
                EmulatorCommand.start(
                        EmulatorOptions.parse(List.of("--instance-type", "t3.medium")),
                        new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        ec2 = client("AKIAIOSFODNN7EXAMPLE");
        instance = ec2.describeInstances().reservations().getFirst().instances().getFirst();
    }

    @AfterEach
    void stop() {
        ec2.close();
        emulator.close();
    }

    Ec2Client client(String accessKey) {
        return Ec2Client.builder()
                .endpointOverride(emulator.endpoint())
                .region(Region.US_WEST_2)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(accessKey, "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    CreateNetworkInterfaceRequest request(int secondaries) {
        var builder = CreateNetworkInterfaceRequest.builder().subnetId(instance.subnetId());
        return secondaries == 0
                ? builder.build()
                : builder.secondaryPrivateIpAddressCount(secondaries).build();
    }

    static String codeOf(ThrowingCallable call) {
        return failure(call).awsErrorDetails().errorCode();
    }

    static Ec2Exception failure(ThrowingCallable call) {
        return catchThrowableOfType(Ec2Exception.class, call);
    }
}
