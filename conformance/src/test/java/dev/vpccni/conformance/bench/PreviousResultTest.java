package dev.vpccni.conformance.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreviousResultTest {

    private static final String NEW =
            "{'cniVersion':'1.1.0','dns':{},'interfaces':[{'name':'eth0'}],"
                    + "'ips':[{'address':'10.0.0.5/24','gateway':'10.0.0.1','interface':0},"
                    + "{'address':'fd00::5/64'}],"
                    + "'routes':[{'dst':'0.0.0.0/0'},{'dst':'::/0'}]}";

    private static final String OLD =
            "{'cniVersion':'0.2.0','dns':{},'ip4':{'gateway':'10.0.0.1','ip':'10.0.0.5/24',"
                    + "'routes':[{'dst':'0.0.0.0/0'}]},"
                    + "'ip6':{'ip':'fd00::5/64','routes':[{'dst':'::/0'}]}}";

    private static final String MIDDLE =
            "{'cniVersion':'0.3.1','dns':{},'ips':[{'address':'10.0.0.5/24','gateway':'10.0.0.1',"
                    + "'version':'4'},{'address':'fd00::5/64','version':'6'}],"
                    + "'routes':[{'dst':'0.0.0.0/0'},{'dst':'::/0'}]}";

    @ParameterizedTest
    @CsvSource({"0.1.0", "0.2.0"})
    void beforeInterfacesEachFamilyHasAMember(String version) throws Exception {
        assertThat(as(version, NEW)).isEqualTo(OLD.replace("0.2.0", version));
    }

    @ParameterizedTest
    @CsvSource({"0.3.0", "0.4.0"})
    void thenEachAddressNamesItsFamily(String version) throws Exception {
        assertThat(as(version, OLD)).isEqualTo(MIDDLE.replace("0.3.1", version));
    }

    @ParameterizedTest
    @CsvSource({"1.0.0", "1.1.0"})
    void andNowItDoesNot(String version) throws Exception {
        assertThat(as(version, NEW)).isEqualTo(NEW.replace("1.1.0", version));
        assertThat(as(version, MIDDLE))
                .isEqualTo(
                        MIDDLE.replace("0.3.1", version)
                                .replace(",'version':'4'", "")
                                .replace(",'version':'6'", ""));
    }

    private static String as(String version, String result) throws Exception {
        JsonObject given = JsonObject.parse(result.replace('\'', '"'));
        return Json.compact(PreviousResult.as(version, Workbench.tree(given))).replace('"', '\'');
    }
}
