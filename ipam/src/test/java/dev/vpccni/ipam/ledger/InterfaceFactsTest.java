package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.facts;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from where an interface is. */
class InterfaceFactsTest {

    @Test
    void whatSomebodyElseManagesServesNobodyHowUsableItMayBe() {
        assertThat(facts(1, InterfaceRole.UNMANAGED).withUsable(true).serves()).isFalse();
        assertThat(facts(1).serves()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 254",
        "0, 1, 2",
        "0, 14, 15",
        "1, 0, 10100",
        "1, 1, 10101",
        "3, 2, 10302",
    })
    void itsPodsHaveATableOfTheirOwnButForThoseOfThePrimary(int card, int device, int table) {
        assertThat(facts(7, card, device, InterfaceRole.SECONDARY).table()).isEqualTo(table);
    }
}
