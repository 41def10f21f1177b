package dev.vpccni.linux.route;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.netlink.MessageWriter;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Messages byte by byte, where a kernel may lack what they ask for. */
class LinkCodecTest {

    @Test
    void asksForAVlan() {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[256]));
        writer.start(LinkCodec.RTM_NEWLINK, 0x605, 1);
        LinkCodec.writeVlan(writer, "vlan.7", 5, 7, new HardwareAddress(0x060000000007L));

        assertThat(HexFormat.of().formatHex(writer.finish().toArray(JAVA_BYTE)))
                .isEqualTo(
                        "5c000000" // nlmsghdr: 92 bytes
                                + "1000050601000000"
                                + "00000000"
                                + "00".repeat(16) // ifinfomsg
                                + "0b000300766c616e2e370000" // IFLA_IFNAME vlan.7
                                + "0800050005000000" // IFLA_LINK 5
                                + "0a000100060000000007" // IFLA_ADDRESS
                                + "0000"
                                + "1c001200" // IFLA_LINKINFO
                                + "09000100766c616e00000000" // IFLA_INFO_KIND vlan
                                + "0c000200" // IFLA_INFO_DATA
                                + "0600010007000000"); // IFLA_VLAN_ID 7
    }
}
