package dev.vpccni.node.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata.MetadataInterface;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataAsEc2Test {

    private static final Set<String> ANSWERED = Set.of("describeAttached", "instanceType");

    private final ScriptedMetadata metadata = new ScriptedMetadata();
    private final MetadataAsEc2 ec2 = new MetadataAsEc2(metadata);

    @Test
    void showsWhatMetadataShows() throws Exception {
        show(0, Nouns.address(0, -1), Nouns.address(0, 0));
        show(1, Nouns.address(1, -1));

        var shown = ec2.describeAttached(Nouns.INSTANCE);

        assertThat(shown).hasSize(2);
        assertThat(shown.getFirst().id()).isEqualTo(Nouns.id(0));
        assertThat(shown.getFirst().mac()).isEqualTo(Nouns.mac(0));
        assertThat(shown.getFirst().primaryAddress()).isEqualTo(Nouns.address(0, -1));
        assertThat(shown.getFirst().secondaryAddresses()).containsExactly(Nouns.address(0, 0));
        assertThat(shown.getFirst().tags()).isEmpty();
        assertThat(shown.getLast().secondaryAddresses()).isEmpty();
        var attachment = Objects.requireNonNull(shown.getLast().attachment());
        assertThat(attachment.device()).isEqualTo(1);
        assertThat(attachment.status()).isEqualTo("attached");
    }

    @Test
    void leavesOutWhatHasNoAddressYet() throws Exception {
        show(0, Nouns.address(0, -1));
        show(1);

        assertThat(ec2.describeAttached(Nouns.INSTANCE)).hasSize(1);
    }

    @Test
    void isUnavailableWhileMetadataIs() {
        metadata.down(true);

        assertThatThrownBy(() -> ec2.describeAttached(Nouns.INSTANCE))
                .isInstanceOfSatisfying(
                        Ec2Exception.class,
                        e -> assertThat(e.failure()).isEqualTo(new Ec2Failure.Unavailable()))
                .hasMessageContaining("no answer for interfaces");
    }

    @Test
    void knowsNothingOfTypesThatWouldMakeOneSeemFull() {
        assertThat(InstanceTypes.known().all())
                .isNotEmpty()
                .allSatisfy(known -> {
                    InstanceType assumed = ec2.instanceType(known.name());
                    assertThat(assumed.maxInterfaces())
                            .isGreaterThanOrEqualTo(known.maxInterfaces());
                    assertThat(assumed.secondaryAddressesPerInterface())
                            .isGreaterThanOrEqualTo(known.secondaryAddressesPerInterface());
                });
    }

    static Stream<Method> others() {
        return Arrays.stream(Ec2.class.getMethods())
                .filter(method -> !ANSWERED.contains(method.getName()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesEverythingElse(Method method) {
        Object[] arguments =
                Arrays.stream(method.getParameterTypes())
                        .map(type -> type == int.class ? 1 : null)
                        .toArray();

        assertThatThrownBy(() -> method.invoke(ec2, arguments))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .isInstanceOf(Ec2Exception.class)
                .hasMessageContaining("ENABLE_IMDS_ONLY_MODE");
        assertThat(metadata.calls()).isEmpty();
    }

    private void show(int n, Ipv4Address... addresses) {
        metadata.show(
                new MetadataInterface(
                        Nouns.id(n),
                        Nouns.mac(n),
                        0,
                        n,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(addresses),
                        List.of()));
    }
}
