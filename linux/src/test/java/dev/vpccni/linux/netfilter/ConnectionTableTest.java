package dev.vpccni.linux.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams between addresses of one namespace, whose connections the kernel tracks. */
@Timeout(60)
class ConnectionTableTest {

    private static final int PORT = 9;

    private NetfilterNamespace namespace;
    private ConnectionTable table;

    @BeforeEach
    void makeNamespace() throws Exception {
        namespace = new NetfilterNamespace();
        table = namespace.inside(ConnectionTable::open);
        namespace.run("ip", "link", "set", "lo", "up");
        for (String address : List.of("10.1.0.1", "10.1.0.2", "10.1.0.3")) {
            namespace.run("ip", "addr", "add", address + "/32", "dev", "lo");
        }
        namespace.run("ip", "addr", "add", "2001:db8::1/128", "dev", "lo", "nodad");
        namespace.run("ip", "addr", "add", "2001:db8::2/128", "dev", "lo", "nodad");
        namespace.run("ip", "route", "add", "10.1.0.9/32", "dev", "lo");
        namespace.run("nft", "add table ip rewrite");
        namespace.run("nft", "add chain ip rewrite out { type nat hook output priority -100 ; }");
        namespace.run(
                "nft", "add rule ip rewrite out ip daddr 10.1.0.9 udp dport 9 dnat to 10.1.0.2");
        namespace.run("nft", "add table ip6 rewrite");
        namespace.run("nft", "add chain ip6 rewrite out { type filter hook output priority 0 ; }");
        namespace.run("nft", "add rule ip6 rewrite out ct state new accept");
    }

    @AfterEach
    void removeNamespace() throws IOException {
        table.close();
        namespace.close();
    }

    @Test
    void whatAnAddressBeganAndWhatItAnswersEnds() throws Exception {
        send("10.1.0.2", "10.1.0.3", 1);
        send("10.1.0.3", "10.1.0.2", 1);
        send("10.1.0.3", "10.1.0.9", 1); // which is rewritten to the second one
        send("10.1.0.1", "10.1.0.3", 1);
        assertThat(tracked()).hasSize(4);

        assertThat(table.end(InetAddress.getByName("10.1.0.2"))).isEqualTo(3);

        assertThat(tracked()).hasSize(1).allMatch(line -> line.contains("src=10.1.0.1"));
        assertThat(table.end(InetAddress.getByName("10.1.0.2"))).isZero();
    }

    @Test
    void addressesOfTheOtherFamilyToo() throws Exception {
        send("2001:db8::1", "2001:db8::2", 1);
        send("10.1.0.1", "10.1.0.3", 1);
        assertThat(tracked()).hasSize(2);

        assertThat(table.end(InetAddress.getByName("2001:db8::2"))).isEqualTo(1);

        assertThat(tracked()).hasSize(1);
    }

    @Test
    void moreThanAreKnownAtATime() throws Exception {
        int many = 5000;
        send("10.1.0.2", "10.1.0.3", many);
        send("10.1.0.1", "10.1.0.3", 3);

        assertThat(table.end(InetAddress.getByName("10.1.0.2"))).isEqualTo(many);

        assertThat(tracked()).hasSize(3);
    }

    @Test
    void aConnectionInAZoneOfItsOwn() throws Exception {
        namespace.run(
                "nft", "add chain ip rewrite zone { type filter hook output priority -300 ; }");
        namespace.run("nft", "add rule ip rewrite zone ip saddr 10.1.0.2 ct zone set 7");
        send("10.1.0.2", "10.1.0.3", 1);

        assertThat(table.end(InetAddress.getByName("10.1.0.2"))).isEqualTo(1);

        assertThat(tracked()).isEmpty();
    }

    /** Sends a datagram each from a port of its own. */
    private void send(String from, String to, int count) throws Exception {
        var _ =
                namespace.inside(() -> {
                    for (int i = 0; i < count; i++) {
                        try (var socket =
                                new DatagramSocket(new InetSocketAddress(from, 20_000 + i))) {
                            byte[] hello = {1};
                            socket.send(
                                    new DatagramPacket(hello, 1, new InetSocketAddress(to, PORT)));
                        } catch (PortUnreachableException e) {
                            // as nobody listens
                        }
                    }
                    return null;
                });
    }

    private List<String> tracked() throws Exception {
        return namespace
                .run("cat", "/proc/net/nf_conntrack")
                .lines()
                .filter(line -> line.contains("dport=" + PORT))
                .toList();
    }
}
