package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import org.jspecify.annotations.Nullable;

/** What came of a {@link Command}. */
public sealed interface Outcome {

    /**
     * The key has this address.
     *
     * @param home the interface that it lies on
     * @param again whether the key had it before
     */
    record Granted(Checkpoint.Grant grant, InterfaceFacts home, boolean again) implements Outcome {}

    /**
     * The key has an address from before a restart, on an interface that is not known yet. Ask
     * again once one has been added.
     */
    record Unplaced(Checkpoint.Grant grant) implements Outcome {}

    /** No address is free; asking again later may find one. */
    record NoAddress() implements Outcome {}

    /**
     * The key has no address any more; what it had cools down.
     *
     * @param home the interface that it lies on, or null if that is not known
     */
    record Released(Checkpoint.Grant grant, @Nullable InterfaceFacts home) implements Outcome {}

    /** The key has no address. */
    record UnknownKey(AttachmentKey key) implements Outcome {}

    /** The command was carried out, or what it asks for was so already. */
    record Done() implements Outcome {}

    /**
     * The command would break a promise of the ledger; nothing changed.
     *
     * @param reason which promise, with the interface or address
     */
    record Refused(String reason) implements Outcome {}
}
