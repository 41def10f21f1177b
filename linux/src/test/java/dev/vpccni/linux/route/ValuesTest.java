package dev.vpccni.linux.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.testing.SeededTest;
import java.net.InetAddress;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ValuesTest {

    @SeededTest
    void readsTheHardwareAddressThatItWrites(RandomGenerator random) {
        var address = new HardwareAddress(random.nextLong(1L << 48));

        assertThat(HardwareAddress.parse(address.toString())).isEqualTo(address);
        assertThat(HardwareAddress.of(address.bytes())).isEqualTo(address);
    }

    @SeededTest
    void readsThePrefixThatItWrites(RandomGenerator random) {
        int bits = random.nextInt();
        IpPrefix prefix = IpPrefix.ofIpv4(bits, random.nextInt(33));

        assertThat(IpPrefix.parse(prefix.toString())).isEqualTo(prefix);
        assertThat(prefix.ipv4Bits()).isEqualTo(bits);
    }

    @Test
    void readsAnAddressAsThePrefixOfItAlone() {
        assertThat(IpPrefix.parse("10.0.0.1")).hasToString("10.0.0.1/32");
        assertThat(IpPrefix.parse("fe80::1").length()).isEqualTo(128);
        assertThat(IpPrefix.host(InetAddress.ofLiteral("10.0.0.1")).isHost()).isTrue();
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse("10.0.0.0/33"));
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse("ten"));
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse("::/129"));
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.ALL_IPV6.ipv4Bits());
        assertThatIllegalArgumentException().isThrownBy(() -> new HardwareAddress(1L << 48));
        assertThatIllegalArgumentException().isThrownBy(() -> HardwareAddress.parse("0a:58"));
    }
}
