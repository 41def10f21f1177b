package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel says when an interface goes or comes; nobody has to look. */
final class LinkChangeTest extends HostFixture {

    private static final MacAddress LATE = MacAddress.parse("0a:58:00:00:01:02");
    private static final Duration LONG = Duration.ofMinutes(5);

    @BeforeEach
    void observe() throws Exception {
        var _ = host.observe();
    }

    @Test
    void anInterfaceThatComesIsHeardOf() throws Exception {
        CompletableFuture<Boolean> heard = hear(LONG);
        node.attach("ens7", LATE);
        assertThat(heard.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterfaceThatGoesIsHeardOf() throws Exception {
        CompletableFuture<Boolean> heard = hear(LONG);
        node.node.ip("link del ens6");
        assertThat(heard.get(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Nobody listens while a change is acted upon. */
    @Test
    void whatHappenedWhileNobodyListenedIsToldFirst() throws Exception {
        node.node.ip("link del ens6");
        assertThat(host.awaitLinkChange(Duration.ZERO)).isTrue();
        assertThat(host.awaitLinkChange(Duration.ZERO)).isFalse();
    }

    @Test
    void whatElseHappensToLinksIsNoChange() throws Exception {
        node.node.ip("link add eni0a1b2c3d4e5 type veth peer name peer");
        node.node.ip("link del eni0a1b2c3d4e5");
        node.node.ip("link set ens6 mtu 1400");
        assertThat(host.awaitLinkChange(Duration.ofMillis(20))).isFalse();
    }

    private CompletableFuture<Boolean> hear(Duration patience) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return host.awaitLinkChange(patience);
            } catch (HostException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
