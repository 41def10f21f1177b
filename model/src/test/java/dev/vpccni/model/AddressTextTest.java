package dev.vpccni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @SeededTest
    void anIpv6AddressIsWrittenAndReadAsTheStandardSays(RandomGenerator random) throws Exception {
        Ipv6Address address = sparse(random);
        String text = address.toString();
        assertThat(Ipv6Address.parse(text)).isEqualTo(address);
        assertThat(Ipv6Address.parse(text.toUpperCase(Locale.ROOT))).isEqualTo(address);
        assertThat(IpAddress.of(address.octets())).isEqualTo(address);
        if (!text.startsWith("::ffff:")) {
            assertThat(InetAddress.getByName(text).getAddress()).isEqualTo(address.octets());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "::, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:DB8:0:0:0:0:0:0, 2001:db8::",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "fe80:0ec2::0001, fe80:ec2::1",
        "1::2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
        "::ffff:10.0.0.1, ::ffff:10.0.0.1",
        "::ffff:a00:1, ::ffff:10.0.0.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"
    })
    void shortensAsRfc5952Says(String given, String expected) {
        assertThat(IpAddress.parse(given)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "1::2::3",
                "12345::",
                "g::",
                "::1%eth0",
                "::1/128",
                "::10.0.0",
                "::10.0.0.01",
                "10.0.0.1::",
                " ::1",
                "1:",
                ":1",
                "::\u0661"
            })
    void refusesWhatIsNoIpv6Address(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::/", "::/129", "::/-1", "/64", "::/064", "10.0.0.0/80"})
    void refusesWhatIsNoIpv6Block(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
    }

    @SeededTest
    void aBlockOfEitherFamilyHasItsFirstAndLastAndNoOther(RandomGenerator random) {
        IpAddress member =
                random.nextBoolean() ? new Ipv4Address(random.nextInt()) : sparse(random);
        int bits = member.family().bits();
        Cidr block = Cidr.of(member, Choose.between(random, 1, bits));
        assertThat(Cidr.parse(block.toString())).isEqualTo(block);
        assertThat(block.contains(member)).isTrue();
        assertThat(block.contains(block.network())).isTrue();
        assertThat(block.contains(block.last())).isTrue();
        assertThat(block.contains(block.last().plus(1))).isFalse();
        assertThat(block.contains(block.network().plus(-1))).isFalse();
        assertThat(block.contains(member.only())).isTrue();
        assertThat(member.only().isSingle()).isTrue();
        assertThat(Cidr.all(member.family()).contains(block)).isTrue();
        assertThat(Cidr.all(IpFamily.IPV4).contains(member)).isEqualTo(bits == 32);
        if (bits - block.prefixLength() < 63) {
            assertThat(block.network().plus(block.size() - 1)).isEqualTo(block.last());
        }
    }

    @SeededTest
    void countsOverTheMiddleOfAnIpv6Address(RandomGenerator random) {
        Ipv6Address from = sparse(random);
        long count = random.nextLong() >> random.nextInt(64);
        BigInteger sum = new BigInteger(1, from.octets()).add(BigInteger.valueOf(count));
        assertThat(new BigInteger(1, from.plus(count).octets()))
                .isEqualTo(sum.mod(BigInteger.TWO.pow(128)));
    }

    @SeededTest
    void ordersBothFamilies(RandomGenerator random) {
        IpAddress one = sparse(random);
        IpAddress other = sparse(random);
        assertThat(Integer.signum(one.compareTo(other)))
                .isEqualTo(
                        new BigInteger(1, one.octets())
                                .compareTo(new BigInteger(1, other.octets())));
        assertThat(one).isGreaterThan(new Ipv4Address(random.nextInt()));
    }

    @Test
    void aVeryLargeBlockHasAtLeastTheMostThatANumberCanSay() {
        assertThat(Cidr.parse("2001:db8::/80").size()).isEqualTo(1L << 48);
        assertThat(Cidr.parse("2001:db8::/66").size()).isEqualTo(1L << 62);
        assertThat(Cidr.parse("2001:db8::/65").size()).isEqualTo(Long.MAX_VALUE);
        assertThat(Cidr.parse("::/0").size()).isEqualTo(Long.MAX_VALUE);
        assertThat(Cidr.parse("0.0.0.0/0").size()).isEqualTo(1L << 32);
    }

    @Test
    void refusesOctetsThatAreNoAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.of(new byte[5]));
        assertThat(IpAddress.of(new byte[] {10, 0, (byte) 200, 1})).hasToString("10.0.200.1");
    }

    /** Groups of zeros are what is hard about the text. */
    private static Ipv6Address sparse(RandomGenerator random) {
        long mask = 0;
        for (int i = 0; i < 8; i++) {
            mask = mask << 16 | (random.nextBoolean() ? 0xffff : 0);
        }
        return new Ipv6Address(
                random.nextLong() & mask, random.nextLong() & Long.rotateLeft(mask, 16));
    }
}
