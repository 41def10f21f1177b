package dev.vpccni.aws;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;

/**
 * The requests of a pool that grows, made once where nothing leaves the process: they load a few
 * hundred classes, for which the first pods in need of another interface would wait.
 */
final class Rehearsal implements SdkHttpClient {

    /** The answer to each request; what a request does not ask for is passed over. */
    private static final byte[] ANSWER =
            """
            <Response>
              <networkInterface>
                <networkInterfaceId>eni-00000000000000000</networkInterfaceId>
                <subnetId>subnet-00000000000000000</subnetId>
                <macAddress>02:00:00:00:00:00</macAddress>
                <privateIpAddress>192.0.2.1</privateIpAddress>
                <privateIpAddressesSet>
                  <item><privateIpAddress>192.0.2.1</privateIpAddress><primary>true</primary></item>
                </privateIpAddressesSet>
                <tagSet><item><key>a</key><value>b</value></item></tagSet>
              </networkInterface>
              <attachmentId>eni-attach-00000000000000000</attachmentId>
              <assignedPrivateIpAddressesSet>
                <item><privateIpAddress>192.0.2.2</privateIpAddress></item>
              </assignedPrivateIpAddressesSet>
              <return>true</return>
            </Response>
            """
                    .getBytes(StandardCharsets.UTF_8);

    private Rehearsal() {}

    /** Makes the requests. */
    static void run(AwsSettings real) throws Ec2Exception, InterruptedException {
        var settings =
                new AwsSettings(
                        real.region(),
                        URI.create("http://localhost"),
                        real.version(),
                        real.requestLimit(),
                        Map.of("AWS_ACCESS_KEY_ID", "none", "AWS_SECRET_ACCESS_KEY", "none"));
        var id = new InterfaceId("eni-00000000000000000");
        var wanted =
                new Ec2.NewInterface(
                        "none",
                        new SubnetId("subnet-00000000000000000"),
                        List.of(),
                        "none",
                        new TreeMap<>(Map.of("a", "b")),
                        IpFamily.IPV4,
                        BlockKind.ADDRESS,
                        1);
        try (var sdk = new SdkEc2(settings, new Rehearsal())) {
            var _ = sdk.create(wanted);
            var attachment = sdk.attach(id, new InstanceId("i-00000000000000000"), 0, 1);
            var _ = sdk.deleteOnTermination(id, attachment);
            var _ = sdk.assign(id, BlockKind.ADDRESS, 1);
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() {
                return HttpExecuteResponse.builder()
                        .response(SdkHttpFullResponse.builder().statusCode(200).build())
                        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(ANSWER)))
                        .build();
            }

            @Override
            public void abort() {}
        };
    }

    @Override
    public String clientName() {
        return "Rehearsal";
    }

    @Override
    public void close() {}
}
