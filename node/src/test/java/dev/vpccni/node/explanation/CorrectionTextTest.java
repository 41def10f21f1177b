package dev.vpccni.node.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.node.fake.Nouns;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What explanations and the log say when the ledger is corrected. */
class CorrectionTextTest {

    static Stream<Arguments> corrections() {
        return Stream.of(
                Arguments.of(
                        new Command.Discover(Nouns.facts(1), Nouns.blocks(1, 2)),
                        "take up interface eni-1 (secondary, card 0, device 1, in subnet-1) with"
                                + " 10.0.1.1, 10.0.1.2"),
                Arguments.of(
                        new Command.Discover(Nouns.facts(1), List.of()),
                        "take up interface eni-1 (secondary, card 0, device 1, in subnet-1)"),
                Arguments.of(
                        new Command.Describe(Nouns.facts(1).withUsable(false)),
                        "correct what is known of interface eni-1 (secondary, card 0, device 1, in"
                                + " subnet-1, of which pods get no addresses)"),
                Arguments.of(
                        new Command.AddBlocks(Nouns.id(1), Nouns.prefixes(1, 1)),
                        "take up 10.0.129.0/28 of eni-1"),
                Arguments.of(
                        new Command.Doubt(Nouns.id(1), Nouns.blocks(1, 4)),
                        "keep 10.0.1.1, 10.0.1.2, 10.0.1.3, 10.0.1.4 of eni-1 off pods"),
                Arguments.of(
                        new Command.Trust(Nouns.id(1), Nouns.blocks(1, 6)),
                        "give 10.0.1.1, 10.0.1.2, 10.0.1.3, 10.0.1.4 and 2 more of eni-1 to pods"
                                + " again"),
                Arguments.of(
                        new Command.ForgetBlock(Nouns.id(1), Nouns.blocks(1, 1).getFirst()),
                        "forget 10.0.1.1 of eni-1"),
                Arguments.of(
                        new Command.Suspend(Nouns.id(1)),
                        "give pods no addresses of eni-1 for now"),
                Arguments.of(new Command.ForgetInterface(Nouns.id(1)), "forget interface eni-1"),
                Arguments.of(
                        new Command.Release(Nouns.key(3)), "free the address of " + Nouns.key(3)),
                Arguments.of(new Command.Hold(Nouns.address(1, 3)), "keep 10.0.1.4 off pods"),
                Arguments.of(
                        new Command.Unhold(Nouns.address(1, 3)),
                        "keep 10.0.1.4 off pods no longer"));
    }

    @ParameterizedTest
    @MethodSource("corrections")
    void saysWhatIsDone(Command correction, String text) {
        assertThat(CorrectionText.of(correction)).isEqualTo(text);
    }
}
