package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.NoAddressException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AddressBookTest {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Fixture fixture = new Fixture();
    private final AddressBook addresses =
            new AddressBook(
                    fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo)),
                    fixture.tempo);

    @Test
    void whatIsGrantedIsTakenBack() throws Exception {
        fixture.add(2, 1);

        assertThat(addresses.assign(Nouns.key(1), Nouns.pod(1), false, PATIENCE))
                .containsExactly(lease(false));
        assertThat(addresses.assign(Nouns.key(1), Nouns.pod(1), false, PATIENCE))
                .containsExactly(lease(true));
        assertThat(addresses.release(Nouns.key(1))).containsExactly(lease(true));
        assertThat(addresses.release(Nouns.key(1))).isEmpty();
    }

    private static AddressService.Lease lease(boolean again) {
        return new AddressService.Lease(Nouns.address(2, 0), 2, 3, again);
    }

    @Test
    void whoeverIsDismissedWaitsNoMore() throws Exception {
        fixture.add(0, 0);
        fixture.tempo.after(Duration.ofSeconds(1), () -> addresses.dismiss(Nouns.key(1)));

        assertThatThrownBy(() -> addresses.assign(Nouns.key(1), Nouns.pod(1), false, PATIENCE))
                .isInstanceOf(NoAddressException.class);
        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void anAddressWhoseInterfaceIsGoneHasTheMainTable() throws Exception {
        fixture.add(2, 1);
        fixture.grant(1);
        fixture.done(new Command.ForgetInterface(Nouns.id(2)));

        assertThat(addresses.release(Nouns.key(1)))
                .containsExactly(new AddressService.Lease(Nouns.address(2, 0), 0, 254, true));
    }

    @Test
    void whereThereIsNoneItIsWaitedFor() throws Exception {
        fixture.add(0, 0);
        assertThatThrownBy(() -> addresses.assign(Nouns.key(1), Nouns.pod(1), false, PATIENCE))
                .isInstanceOf(NoAddressException.class);
        assertThat(fixture.tempo.nanos()).isEqualTo(PATIENCE.toNanos());

        fixture.tempo.after(Duration.ofSeconds(1), () -> fixture.add(0, 1));
        assertThat(
                        addresses
                                .assign(Nouns.key(1), Nouns.pod(1), false, PATIENCE)
                                .getFirst()
                                .address())
                .isEqualTo(Nouns.address(0, 0));
    }
}
