package dev.vpccni.vpc.api;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An action on the tags of resources. The records are named as EC2 names the actions.
 *
 * @param <R> what it replies
 */
public sealed interface TagRequest<R extends Ec2Reply> extends Ec2Request<R> {

    /**
     * Sets tags of interfaces, instances, subnets, VPCs or security groups, replacing those of the
     * same keys.
     *
     * @param resources identifiers as EC2 writes them
     */
    record CreateTags(List<String> resources, SortedMap<String, String> tags)
            implements TagRequest<Ec2Reply.Nothing> {

        public CreateTags {
            resources = List.copyOf(resources);
            tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        }
    }

    /**
     * Takes tags away.
     *
     * @param tags which, whoever has them
     */
    record DeleteTags(List<String> resources, List<Tag> tags)
            implements TagRequest<Ec2Reply.Nothing> {

        public DeleteTags {
            resources = List.copyOf(resources);
            tags = List.copyOf(tags);
        }

        /**
         * A tag to take away.
         *
         * @param value only a tag of this value goes; null for whatever it is
         */
        public record Tag(String key, @Nullable String value) {}
    }

    /** Describes the tags of every resource that match. */
    record DescribeTags(List<Filter> filters, Page page) implements TagRequest<Ec2Reply.Tags> {

        public DescribeTags {
            filters = List.copyOf(filters);
        }
    }
}
