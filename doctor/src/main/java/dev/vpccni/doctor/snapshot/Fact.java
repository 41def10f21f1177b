package dev.vpccni.doctor.snapshot;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that was looked at, and what came of it. A check says nothing about what nobody saw.
 *
 * @param <T> what it is where it was seen
 */
public sealed interface Fact<T> {

    /** It is this. */
    record Seen<T>(T value) implements Fact<T> {}

    /** There is no such thing, such as a file or a program. */
    record Absent<T>() implements Fact<T> {}

    /**
     * Nobody knows.
     *
     * @param why it could not be read
     */
    record Unseen<T>(String why) implements Fact<T> {}

    /** Returns what was seen, or null. */
    default @Nullable T orNull() {
        return this instanceof Seen<T>(T value) ? value : null;
    }

    /** Returns what was seen, or {@code otherwise}. */
    default T or(T otherwise) {
        return this instanceof Seen<T>(T value) ? value : otherwise;
    }

    /** Tells whether it is known that there is no such thing. */
    default boolean isAbsent() {
        return this instanceof Absent<T>;
    }

    /** Tells whether nobody knows. */
    default boolean isUnseen() {
        return this instanceof Unseen<T>;
    }

    /** Returns what {@code function} makes of what was seen; what was not seen stays so. */
    default <R> Fact<R> map(Function<T, R> function) {
        return switch (this) {
            case Seen<T>(T value) -> new Seen<>(function.apply(value));
            case Absent<T>() -> new Absent<>();
            case Unseen<T>(String why) -> new Unseen<>(why);
        };
    }
}
