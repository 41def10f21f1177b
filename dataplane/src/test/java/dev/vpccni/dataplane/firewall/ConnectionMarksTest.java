package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.Samples;
import org.junit.jupiter.api.Test;

class ConnectionMarksTest {

    private final ConnectionMarks marks =
            new ConnectionMarks(
                    "eni",
                    Mark.of(0x80),
                    Samples.blocks("10.0.0.0/16 172.16.0.0/12 192.0.2.7/32 0.0.0.0/0"));

    @Test
    void theScriptPutsTheTableInThePlaceOfAnother() {
        assertThat(marks.script())
                .isEqualTo(
                        """
                        table ip aws-cni
                        delete table ip aws-cni
                        table ip aws-cni {
                        	chain nat-prerouting {
                        		type filter hook prerouting priority -90; policy accept;
                        		iifname "eni*" ct state new fib daddr type != local counter jump snat-mark
                        		iifname "eni*" ct mark & 0x00000080 == 0x00000080 counter meta mark set meta mark | 0x00000080
                        	}

                        	chain snat-mark {
                        		counter ip daddr & 255.255.0.0 == 10.0.0.0 return
                        		counter ip daddr & 255.240.0.0 == 172.16.0.0 return
                        		counter ip daddr & 255.255.255.255 == 192.0.2.7 return
                        		counter return
                        		counter ct mark set ct mark | 0x00000080
                        	}
                        }
                        """);
    }

    @Test
    void theListingNamesBlocksAsNftDoes() {
        assertThat(marks.listing())
                .contains("priority dstnat + 10;")
                .contains(
                        """
                        		counter ip daddr 10.0.0.0/16 return
                        		counter ip daddr 172.16.0.0/12 return
                        		counter ip daddr 192.0.2.7 return
                        		counter return
                        """);
    }
}
