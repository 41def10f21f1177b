package dev.vpccni.ipam.ledger;

import dev.vpccni.model.IpAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An address that a pod has or had, and what becomes of it. It keeps what the checkpoint says of
 * it: from one checkpoint to the next hardly any slot differs, and what is the same object need not
 * be compared or written anew.
 */
public final class Slot {

    private final IpAddress address;
    private final AddressUse use;
    private Checkpoint.@Nullable Grant grant;
    private Checkpoint.@Nullable Cooling cooling;

    Slot(IpAddress address, AddressUse use) {
        this.address = address;
        this.use = use;
    }

    /** Returns the address. */
    public IpAddress address() {
        return address;
    }

    /** Returns what becomes of it. */
    public AddressUse use() {
        return use;
    }

    /** Returns the grant that {@code use} is, always the same one. */
    Checkpoint.Grant grant(AddressUse.Assigned assigned) {
        Checkpoint.Grant known = grant;
        if (known == null) {
            known =
                    new Checkpoint.Grant(
                            address,
                            assigned.key(),
                            assigned.pod(),
                            assigned.since(),
                            assigned.interfaces());
            grant = known;
        }
        return known;
    }

    /** Returns what says that it rests {@code since}, always the same one. */
    Checkpoint.Cooling cooling(Instant since) {
        Checkpoint.Cooling known = cooling;
        if (known == null) {
            known = new Checkpoint.Cooling(address, since);
            cooling = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return address + " " + use;
    }
}
