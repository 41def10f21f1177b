package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change to a ledger. Each may be repeated: what is so already is {@link Outcome.Done}.
 *
 * <p>What begins in EC2 begins here first, so that a crash between the two leaves a trace: {@code
 * Begin…} before the request, {@code Add…} or {@code Confirm…} after it succeeded, {@code Cancel…}
 * after it is certain that it did not.
 */
public sealed interface Command {

    /** From now on pods get addresses of blocks of this kind as long as there is one. */
    record Prefer(BlockKind kind) implements Command {}

    /**
     * Grant {@code key} an address: {@link Outcome.Granted}, Unplaced or NoAddress.
     *
     * @param interfaces how many interfaces the pod shall have, this one included
     */
    record Assign(AttachmentKey key, PodName pod, int interfaces) implements Command {

        /** For a pod with one interface. */
        public Assign(AttachmentKey key, PodName pod) {
            this(key, pod, 1);
        }
    }

    /** Take the address of {@code key} back: {@link Outcome.Released} or UnknownKey. */
    record Release(AttachmentKey key) implements Command {}

    /**
     * Keep everyone off an address that a pod without a grant uses, known to be ours or not. Its
     * release or removal, if one has begun, is given up.
     */
    record Hold(IpAddress address) implements Command {}

    /** End a {@link Hold}: the address begins to cool down. */
    record Unhold(IpAddress address) implements Command {}

    /**
     * A new interface is about to be asked for.
     *
     * @param token the idempotency token of the request
     * @param device the device index that it shall have
     * @param kind of the blocks that it shall bring
     * @param count how many of them
     * @param created what its tag will say of when it was made, by the wall clock
     */
    record BeginCreate(
            String token,
            InterfaceTemplate template,
            int device,
            BlockKind kind,
            int count,
            Instant created)
            implements Command {}

    /** EC2 has made the interface of {@code token}; it is not attached or not set up yet. */
    record NoteCreated(String token, InterfaceId id) implements Command {}

    /** The interface of {@code token} does not exist, or no longer. */
    record CancelCreate(String token) implements Command {}

    /**
     * The interface is attached and the kernel set up: it serves from now on. One that is known
     * gets these facts and is confirmed; its blocks are added to those it has.
     *
     * @param token that of its {@link BeginCreate}, or null for one that was found
     */
    record AddInterface(InterfaceFacts facts, List<Cidr> blocks, @Nullable String token)
            implements Command {
        public AddInterface {
            blocks = List.copyOf(blocks);
        }
    }

    /**
     * EC2 shows an attached interface that nobody here has made. It takes a device index and a
     * place from now on, and serves pods once {@link AddInterface} says that the kernel has it.
     */
    record Discover(InterfaceFacts facts, List<Cidr> blocks) implements Command {
        public Discover {
            blocks = List.copyOf(blocks);
        }
    }

    /** EC2 says this about an interface that is known; its stage stays as it is. */
    record Describe(InterfaceFacts facts) implements Command {}

    /** An interface may be gone: no new pod gets an address of it until {@link AddInterface}. */
    record Suspend(InterfaceId id) implements Command {}

    /** {@code count} more blocks are about to be asked for. Refused while others are. */
    record BeginAssign(InterfaceId id, BlockKind kind, int count) implements Command {}

    /** {@code count} of the blocks of a {@link BeginAssign} are not awaited any more. */
    record EndAssign(InterfaceId id, int count) implements Command {}

    /**
     * The interface has these blocks, too; those known already stay as and where they are. One that
     * had left is back: EC2 gave it again.
     */
    record AddBlocks(InterfaceId id, List<Cidr> blocks) implements Command {
        public AddBlocks {
            blocks = List.copyOf(blocks);
        }
    }

    /** Blocks are about to be given back. Refused if an address of them is in use or cooling. */
    record BeginRelease(InterfaceId id, List<Cidr> blocks) implements Command {
        public BeginRelease {
            blocks = List.copyOf(blocks);
        }
    }

    /** EC2 has taken back what {@link BeginRelease} named. */
    record ConfirmReleased(InterfaceId id, List<Cidr> blocks) implements Command {
        public ConfirmReleased {
            blocks = List.copyOf(blocks);
        }
    }

    /** The interface still has what {@link BeginRelease} named. */
    record CancelRelease(InterfaceId id, List<Cidr> blocks) implements Command {
        public CancelRelease {
            blocks = List.copyOf(blocks);
        }
    }

    /**
     * EC2 does not show these blocks: who has an address of them keeps it, and nobody gets one
     * until {@link Trust}.
     */
    record Doubt(InterfaceId id, List<Cidr> blocks) implements Command {
        public Doubt {
            blocks = List.copyOf(blocks);
        }
    }

    /** EC2 shows these blocks after all. */
    record Trust(InterfaceId id, List<Cidr> blocks) implements Command {
        public Trust {
            blocks = List.copyOf(blocks);
        }
    }

    /** EC2 no longer has this block, two witnesses agree. Refused if an address of it is in use. */
    record ForgetBlock(InterfaceId id, Cidr block) implements Command {}

    /** An interface is about to be detached and deleted. Refused if a promise stands against. */
    record BeginRemoval(InterfaceId id) implements Command {}

    /** A leaving interface is detached, or deleted. */
    record ConfirmRemoved(InterfaceId id) implements Command {}

    /** A leaving interface is still attached and stays. */
    record CancelRemoval(InterfaceId id) implements Command {}

    /**
     * The interface is gone without our doing, two witnesses agree. Its grants stay, without a
     * home, until their pods go.
     */
    record ForgetInterface(InterfaceId id) implements Command {}
}
