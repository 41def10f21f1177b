package dev.vpccni.node.pod;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.PodName;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.NoAddressException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Grants addresses out of a {@link LedgerKeeper}, waiting for them where that helps. */
public final class AddressBook implements AddressService {

    private final LedgerKeeper keeper;
    private final AddressAvailability availability;

    /**
     * @param availability what is known of the chances of those who wait
     */
    public AddressBook(LedgerKeeper keeper, AddressAvailability availability) {
        this.keeper = keeper;
        this.availability = availability;
    }

    /** Tells whether whoever asks for an address now has to wait for one. */
    boolean isEmpty() {
        return keeper.waiting() > 0 || !keeper.hasFreeAddress();
    }

    @Override
    public Lease assign(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, IOException, InterruptedException {
        return lease(grant(key, pod, patience));
    }

    @Override
    public void dismiss(AttachmentKey key) {
        keeper.dismiss(key::equals);
    }

    @Override
    public @Nullable Lease release(AttachmentKey key) throws IOException, InterruptedException {
        return keeper.apply(new Command.Release(key))
                        instanceof Outcome.Released(Checkpoint.Grant grant, var home)
                ? lease(grant, home, true)
                : null;
    }

    /** Like {@link #assign}, and tells whether the key had the address before. */
    Outcome.Granted grant(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, IOException, InterruptedException {
        var command = new Command.Assign(key, pod);
        Outcome outcome = keeper.assign(command, Duration.ZERO, LedgerKeeper.ALWAYS);
        if (!(outcome instanceof Outcome.Granted)) {
            // Also where waiting seems to be no use: who waits has EC2 asked.
            outcome = keeper.assign(command, patience, availability::isWorthWaiting);
        }
        if (outcome instanceof Outcome.Granted granted) {
            return granted;
        }
        throw availability.refusal();
    }

    static Lease lease(Outcome.Granted granted) {
        return lease(granted.grant(), granted.home(), granted.again());
    }

    /** An interface that is not known has no table either; main is the one without a rule. */
    private static Lease lease(
            Checkpoint.Grant grant, @Nullable InterfaceFacts home, boolean again) {
        return home == null
                ? new Lease(grant.address(), 0, RouteTables.MAIN, again)
                : new Lease(grant.address(), home.device(), home.table(), again);
    }
}
