package dev.vpccni.vpc.api;

import dev.vpccni.model.InterfaceId;
import java.util.List;

/**
 * An action on trunks and their branches. The records are named as EC2 names the actions.
 *
 * @param <R> what it replies
 */
public sealed interface TrunkRequest<R extends Ec2Reply> extends Ec2Request<R> {

    /**
     * Makes a free interface a branch of a trunk.
     *
     * @param token a repeated request with the same token answers with the first one's association;
     *     empty for none
     * @param vlan the tag of its packets, 1 to 4094
     */
    record AssociateTrunkInterface(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            implements TrunkRequest<Ec2Reply.TrunkAssociated> {}

    /**
     * Makes a branch a free interface again.
     *
     * @param token a repeated request with the same token answers as the first one
     */
    record DisassociateTrunkInterface(String token, String association)
            implements TrunkRequest<Ec2Reply.TrunkDisassociated> {}

    /** Describes associations: those named, or all that match. */
    record DescribeTrunkInterfaceAssociations(List<String> ids, List<Filter> filters, Page page)
            implements TrunkRequest<Ec2Reply.TrunkAssociations> {

        public DescribeTrunkInterfaceAssociations {
            ids = List.copyOf(ids);
            filters = List.copyOf(filters);
        }
    }
}
