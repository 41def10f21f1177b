package dev.vpccni.doctor.snapshot;

import dev.vpccni.model.Cidr;
import java.util.List;

/** What a rule asks of a packet. */
public sealed interface FilterMatch {

    /**
     * The name of the link that it comes in or goes out by is one of {@code patterns}.
     *
     * @param patterns names; one that ends with {@code *} stands for all that begin so
     */
    record Device(boolean incoming, List<String> patterns, boolean negated) implements FilterMatch {

        public Device {
            patterns = List.copyOf(patterns);
        }
    }

    /** Its source or destination lies in one of {@code blocks}. */
    record Address(boolean source, List<Cidr> blocks, boolean negated) implements FilterMatch {

        public Address {
            blocks = List.copyOf(blocks);
        }
    }

    /** Its mark, or that of its connection, is {@code value} in the bits of {@code mask}. */
    record Marked(long value, long mask, boolean negated) implements FilterMatch {}

    /**
     * Its connection is in one of some states.
     *
     * @param fresh they are such that a new connection's first packet meets this
     */
    record State(boolean fresh) implements FilterMatch {}

    /** It is of one protocol, or for one port, so that others are not met. */
    record Protocol() implements FilterMatch {}

    /** Something else, which a packet may meet. */
    record Other(String what) implements FilterMatch {}
}
