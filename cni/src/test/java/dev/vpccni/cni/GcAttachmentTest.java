package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class GcAttachmentTest {

    @Test
    void areSortedByContainerAndThenByInterface() {
        var first = new GcAttachment("a", "net1");
        var second = new GcAttachment("b", "eth0");
        var third = new GcAttachment("b", "net1");

        assertThat(new TreeSet<>(List.of(third, first, second, new GcAttachment("b", "net1"))))
                .containsExactly(first, second, third);
    }
}
