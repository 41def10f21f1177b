package dev.vpccni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {

    @SeededTest
    void anAddressReadsBackFromItsText(RandomGenerator random) {
        var address = new Ipv4Address(random.nextInt());
        assertThat(Ipv4Address.parse(address.toString())).isEqualTo(address);
    }

    @SeededTest
    void aBlockReadsBackFromItsTextAndContainsItsEnds(RandomGenerator random) {
        var block = Ipv4Cidr.of(new Ipv4Address(random.nextInt()), Choose.between(random, 0, 32));
        assertThat(Ipv4Cidr.parse(block.toString())).isEqualTo(block);
        assertThat(block.contains(block.network())).isTrue();
        assertThat(block.contains(block.last())).isTrue();
        assertThat(block.prefixLength() == 0 || !block.contains(block.last().plus(1))).isTrue();
    }

    @SeededTest
    void aMacAddressReadsBackFromItsText(RandomGenerator random) {
        var mac = MacAddress.local(random.nextLong());
        assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
        assertThat(mac.octets()[0] & 0b11).as("unicast, locally administered").isEqualTo(0b10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0.0",
                "10.0.0.0.0",
                "10.0.0.256",
                "10.0.0.01",
                "10.0.0.-1",
                "a.b.c.d",
                "10.0.0. 1",
                "10..0.1",
                "10.0.0.1000"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4Address.parse(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "/8"})
    void refusesWhatIsNoBlock(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ipv4Cidr.parse(text));
    }

    @Test
    void dropsTheHostBitsOfABlockInTextAndRefusesThemInAValue() {
        assertThat(Ipv4Cidr.parse("10.0.1.7/24")).hasToString("10.0.1.0/24");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ipv4Cidr(Ipv4Address.parse("10.0.1.7"), 24));
    }

    @Test
    void ordersAddressesAsUnsignedNumbers() {
        assertThat(Ipv4Address.parse("10.0.0.1")).isLessThan(Ipv4Address.parse("192.168.0.1"));
    }
}
