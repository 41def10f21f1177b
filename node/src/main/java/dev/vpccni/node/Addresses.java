package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks EC2 for more addresses on an interface, and gives addresses back. The ledger holds the
 * beginning of each before this is called.
 */
final class Addresses {

    private static final int ATTEMPTS = 4;

    private final Ec2 ec2;
    private final LedgerKeeper keeper;
    private final Retry retry;

    Addresses(Ec2 ec2, LedgerKeeper keeper, Retry retry) {
        this.ec2 = ec2;
        this.keeper = keeper;
        this.retry = retry;
    }

    /** Gets {@code count} more addresses for {@code id}. */
    void acquire(InterfaceId id, int count) throws Ec2Exception, IOException, InterruptedException {
        List<Ipv4Address> acquired = List.of();
        try {
            // Asking again after a lost answer might get twice as many: look instead.
            acquired = retry.call(ATTEMPTS, Retry::isPassing, () -> ec2.assign(id, count));
        } catch (Ec2Exception e) {
            boolean more =
                    e.failure() instanceof Ec2Failure.Ambiguous
                            || e.failure() instanceof Ec2Failure.LimitExceeded;
            if (!more) {
                throw e;
            }
            acquired = shown(id);
        } finally {
            // One batch: an address that has arrived is not on its way any more.
            List<Command> commands = new ArrayList<>();
            if (!acquired.isEmpty()) {
                commands.add(new Command.AddAddresses(id, acquired));
            }
            commands.add(new Command.EndAssign(id, count));
            keeper.apply(commands);
        }
    }

    /**
     * Gives addresses of {@code id} back. Where EC2 leaves open whether it took them they stay on
     * their way, and this may be called again.
     */
    void giveBack(InterfaceId id, List<Ipv4Address> addresses)
            throws Ec2Exception, IOException, InterruptedException {
        try {
            retry.<Boolean>call(
                    ATTEMPTS,
                    Retry::isPassingOrLost,
                    () -> {
                        ec2.unassign(id, addresses);
                        return true;
                    });
            keeper.apply(new Command.ConfirmReleased(id, addresses));
        } catch (Ec2Exception e) {
            boolean gone = e.failure() instanceof Ec2Failure.Gone;
            boolean refused = e.failure() instanceof Ec2Failure.Rejected;
            if (refused && addresses.size() > 1) {
                // One that is gone already is enough for EC2 to take none of them.
                for (Ipv4Address address : addresses) {
                    giveBack(id, List.of(address));
                }
            } else if (refused || gone) {
                keeper.apply(new Command.ConfirmReleased(id, addresses));
            } else {
                if (e.failure() instanceof Ec2Failure.Denied) {
                    keeper.apply(new Command.CancelRelease(id, addresses));
                }
                throw e;
            }
        }
    }

    private List<Ipv4Address> shown(InterfaceId id) throws Ec2Exception, InterruptedException {
        return retry.call(ATTEMPTS, Retry::isPassingOrLost, () -> ec2.describe(List.of(id)))
                .getFirst()
                .secondaryAddresses();
    }
}
