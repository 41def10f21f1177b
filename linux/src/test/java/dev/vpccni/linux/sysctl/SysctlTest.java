package dev.vpccni.linux.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SysctlTest {

    private static final String RP_FILTER = "net/ipv4/conf/lo/rp_filter";

    private NamespaceThread thread;
    private Descriptor namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        thread = NamespaceThread.start("vpccni-test-sysctl");
        namespace = NetworkNamespace.createAnonymous();
    }

    @AfterEach
    void removeNamespace() {
        namespace.close();
        thread.close();
    }

    @Test
    void writesInsideANamespaceAlone() throws Exception {
        String outside = Sysctl.read(RP_FILTER);
        String other = outside.equals("2") ? "1" : "2";

        assertThat(Sysctl.writeInside(thread, namespace, RP_FILTER, other)).isTrue();

        assertThat(Sysctl.readInside(thread, namespace, RP_FILTER)).isEqualTo(other);
        assertThat(Sysctl.read(RP_FILTER)).isEqualTo(outside);
    }

    @Test
    void writesOnlyWhatDiffers() throws Exception {
        Sysctl.writeInside(thread, namespace, RP_FILTER, "2");

        assertThat(Sysctl.writeInside(thread, namespace, RP_FILTER, "2")).isFalse();
        assertThat(Sysctl.writeInside(thread, namespace, RP_FILTER, "1")).isTrue();
        assertThat(Sysctl.readInside(thread, namespace, RP_FILTER)).isEqualTo("1");
    }

    @Test
    void readsValuesOfSeveralWords() throws Exception {
        assertThat(Sysctl.readInside(thread, namespace, "net/ipv4/ip_local_port_range"))
                .matches("\\d+\\s+\\d+");
    }

    @Test
    void saysThatThereIsNoSuchParameter() throws Exception {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> Sysctl.read("net/ipv4/conf/none/rp_filter"))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThat(Sysctl.writeIfPresent("net/ipv4/conf/none/rp_filter", "1")).isFalse();
    }

    @Test
    void saysThatTheKernelDoesNotLikeTheValue() {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> Sysctl.writeInside(thread, namespace, RP_FILTER, "many"))
                .withMessage("write net/ipv4/conf/lo/rp_filter: EINVAL");
    }
}
