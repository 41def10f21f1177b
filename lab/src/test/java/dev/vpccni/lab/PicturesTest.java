package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PicturesTest {

    @Test
    void eachAddressIsASign() throws JsonException {
        String status =
                """
                {"nodes":[{"name":"node-1","instanceType":"c5.large","zone":"us-west-2a","enis":[
                  {"id":"eni-1","device":0,"primary":true,"addresses":[
                    {"address":"10.0.0.4","state":"primary","pod":null},
                    {"address":"10.0.0.5","state":"assigned","pod":"web"},
                    {"address":"10.0.0.6","state":"warm","pod":null},
                    {"address":"10.0.0.7","state":"cooling","pod":null}],
                   "prefixes":[
                    {"prefix":"10.0.1.0/28","state":"serving","used":0},
                    {"prefix":"2600:1f14::/80","state":"leaving","used":2}]},
                  {"id":"eni-2","card":1,"device":0,"primary":false,"excluded":true,"addresses":[
                    {"address":"10.0.0.8","state":"primary","pod":null}],"prefixes":[]}]}]}\
                """;
        assertThat(new StatusPicture(Style.PLAIN).draw(JsonObject.parse(status)))
                .isEqualTo(
                        """
                        node-1  c5.large  us-west-2a  2 ENIs, 5 addresses
                          eth0  eni-1  P # . ~
                                 10.0.1.0/28  0 used
                                 2600:1f14::/80  2 used, leaving
                                 # 10.0.0.5  web
                          card 1 eth0  eni-2  P
                                 excluded: new pods get no address of it

                        P primary   # pod   . warm   ~ cooling\
                        """);
    }

    @Test
    void longInterfacesTakeSeveralLines() throws JsonException {
        String address = "{\"address\":\"10.0.0.4\",\"state\":\"warm\",\"pod\":null}";
        String status =
                """
                {"nodes":[{"name":"n","instanceType":"t","zone":"z","enis":[
                  {"id":"eni-1","device":1,"primary":false,"addresses":[%s],"prefixes":[]}]}]}\
                """
                        .formatted(String.join(",", Collections.nCopies(16, address)));
        assertThat(new StatusPicture(Style.PLAIN).draw(JsonObject.parse(status)))
                .contains("eth1  eni-1  . . . . . . . . . . . . . . .\n               .\n");
    }

    @Test
    void manyPodsAreCounted() throws JsonException {
        var addresses = new ArrayList<String>();
        for (int i = 0; i < 14; i++) {
            addresses.add(
                    "{\"address\":\"10.0.0.%d\",\"state\":\"assigned\",\"pod\":\"p%d\"}"
                            .formatted(10 + i, i));
        }
        String status =
                """
                {"nodes":[{"name":"n","instanceType":"t","zone":"z","enis":[
                  {"id":"eni-1","device":1,"primary":false,"addresses":[%s],"prefixes":[]}]}]}\
                """
                        .formatted(String.join(",", addresses));
        assertThat(new StatusPicture(Style.PLAIN).draw(JsonObject.parse(status)))
                .contains("# 10.0.0.21  p11\n         2 pods more\n")
                .doesNotContain("10.0.0.22");
    }

    @Test
    void theMatrixTellsWhoSawWhom() throws JsonException {
        String matrix =
                """
                {"rows":[
                  {"from":"web","kind":"pod","address":"10.0.0.5","results":[
                    {"to":"db","address":"10.0.0.6","seen":"10.0.0.5"},
                    {"to":"internet","address":"203.0.113.10","seen":"198.51.100.1"}]},
                  {"from":"db","kind":"pod","address":"10.0.0.6","results":[
                    {"to":"web","address":"10.0.0.5","seen":"10.0.0.6"},
                    {"to":"internet","address":"203.0.113.10","seen":null}]}]}\
                """;
        assertThat(new ConnectivityPicture(Style.PLAIN).draw(JsonObject.parse(matrix)))
                .isEqualTo(
                        """
                             web  db  internet
                        web       +      a
                        db    +          -

                        + reached, and seen with its own address   - not reached
                        a reached, and seen as 198.51.100.1\
                        """);
    }

    @Test
    void coloursAreForTerminalsThatWantThem() {
        Map<String, String> terminal = Map.of("TERM", "xterm");
        assertThat(Style.of(terminal, true, StandardCharsets.UTF_8))
                .isEqualTo(new Style(true, true));
        assertThat(Style.of(terminal, false, StandardCharsets.UTF_8).colours()).isFalse();
        assertThat(
                        Style.of(
                                        Map.of("TERM", "xterm", "NO_COLOR", "1"),
                                        true,
                                        StandardCharsets.UTF_8)
                                .colours())
                .isFalse();
        assertThat(Style.of(terminal, true, StandardCharsets.US_ASCII))
                .isEqualTo(new Style(true, false));
    }
}
