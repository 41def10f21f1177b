package dev.vpccni.host.examination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.FilterVerdict;
import dev.vpccni.json.JsonException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NftChainsTest {

    private static final String MARK = "{'meta':{'key':'mark'}}";

    private static final String CHAIN =
            "{'nftables':[{'chain':{'family':'ip','table':'t','name':'c','hook':'forward',"
                    + "'policy':'drop'}},{'rule':{'family':'ip','table':'t','chain':'c','handle':7,"
                    + "'expr':[%s]}}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'|':[MARK,16384]}; 4000",
                "{'&':[MARK,4294963455]}; f00",
                "{'|':[{'&':[MARK,4294963455]},512]}; f00",
                "{'^':[MARK,128]}; 80",
                "128; ffffffff",
                "{'&':[{'ct':{'key':'mark'}},128]}; ffffffff",
                "{'|':[MARK,{'&':[{'ct':{'key':'mark'}},255]}]}; ff",
                "{'<<':[MARK,2]}; ffffffff",
                "null; ffffffff",
                "{'|':[MARK]}; ffffffff",
            })
    void whichBitsAreWritten(String value, String bits) throws Exception {
        FilterChain chain =
                parse("{'mangle':{'key':MARK,'value':" + value + "}}".replace("MARK", MARK));

        assertThat(chain.rules().getFirst().marks())
                .singleElement()
                .satisfies(use -> assertThat(Long.toHexString(use.bits())).isEqualTo(bits));
    }

    /** Whatever is there is read, or counts as something that may be. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "7,'x',[[]],{}",
                "{'match':null},{'match':{'op':'==','left':{'payload':7},'right':{'set':[null]}}}",
                "{'match':{'op':'==','left':{'meta':{'key':'iifname'}},'right':'@set'}}",
                "{'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'saddr'}},"
                        + "'right':{'prefix':{'addr':'nonsense','len':99}}}}",
                "{'jump':null},{'goto':{'target':3}}",
                "{'vmap':{'key':3}},{'xt':null},{'mangle':{'key':[],'value':{}}}",
            })
    void oddRulesAreNoFault(String expression) throws Exception {
        assertThat(parse(expression).rules()).hasSize(1);
    }

    @Test
    void whatDropsAndWhatRejects() throws Exception {
        assertThat(parse("{'reject':{'type':'icmpx'}}").rules().getFirst().verdict())
                .isEqualTo(new FilterVerdict.Drop());
        assertThat(parse("{'drop':null}").drops()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{'nftables':3}", "{'nftables':[", "\u0000\ufffd"})
    void whatIsNoRulesetIsRefused(String text) {
        assertThatThrownBy(() -> NftChains.parse(text.replace('\'', '"'), 1000))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void aHugeOneIsRefusedBeforeItIsWhole() {
        String huge = "{\"nftables\":[" + "{\"rule\":{}},".repeat(2_000_000) + "{}]}";

        assertThatThrownBy(() -> NftChains.parse(huge, 60_000)).isInstanceOf(JsonException.class);
    }

    private static FilterChain parse(String expression) throws JsonException {
        List<FilterChain> chains =
                NftChains.parse(
                        CHAIN.replace("%s", expression).replace("MARK", MARK).replace('\'', '"'),
                        1000);
        assertThat(chains).hasSize(1);
        return chains.getFirst();
    }
}
