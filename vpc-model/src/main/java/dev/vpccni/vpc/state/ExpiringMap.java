package dev.vpccni.vpc.state;

import dev.vpccni.model.collection.OrderedMap;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of what is forgotten at a time of its own. To forget costs as much as there is
 * to forget, not as much as there is.
 *
 * @param <K> in the order of what is handed over
 */
public final class ExpiringMap<K extends Comparable<? super K>, V> {

    private final OrderedMap<K, Entry<V>> entries;
    private final OrderedMap<Expiry<K>, K> expiries;

    private ExpiringMap(OrderedMap<K, Entry<V>> entries, OrderedMap<Expiry<K>, K> expiries) {
        this.entries = entries;
        this.expiries = expiries;
    }

    private record Entry<V>(V value, Instant until) {}

    private record Expiry<K extends Comparable<? super K>>(Instant until, K key)
            implements Comparable<Expiry<K>> {

        @Override
        public int compareTo(Expiry<K> other) {
            int byTime = until.compareTo(other.until);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    /** Returns the map without anything in it. */
    public static <K extends Comparable<? super K>, V> ExpiringMap<K, V> empty() {
        return new ExpiringMap<>(OrderedMap.<K, Entry<V>>empty(), OrderedMap.<Expiry<K>, K>empty());
    }

    /** Returns how many keys there are. */
    public int size() {
        return entries.size();
    }

    /** Returns the value of {@code key}, or null if there is none. */
    public @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value;
    }

    boolean contains(K key) {
        return entries.contains(key);
    }

    /** Returns the key that is forgotten first, or null if there is none. */
    public @Nullable K first() {
        return expiries.firstValue();
    }

    /** Hands over each value, in the order of the keys. */
    public void forEach(Consumer<? super V> action) {
        entries.forEach((_, entry) -> action.accept(entry.value));
    }

    /** Hands over each key in its order. */
    public void forEachKey(Consumer<? super K> action) {
        entries.forEach((key, _) -> action.accept(key));
    }

    /** Returns this map with {@code value} for {@code key} until a time. */
    public ExpiringMap<K, V> put(K key, V value, Instant until) {
        OrderedMap<Expiry<K>, K> fewer = remove(key).expiries;
        return new ExpiringMap<>(
                entries.put(key, new Entry<>(value, until)),
                fewer.put(new Expiry<>(until, key), key));
    }

    /** Returns this map without {@code key}, which need not be there. */
    public ExpiringMap<K, V> remove(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null
                ? this
                : new ExpiringMap<>(
                        entries.remove(key), expiries.remove(new Expiry<>(entry.until, key)));
    }

    /** Returns this map without what is forgotten at {@code now}. */
    ExpiringMap<K, V> at(Instant now) {
        return at(now, _ -> {});
    }

    /** Returns this map without what is forgotten at {@code now}, which {@code gone} is told of. */
    ExpiringMap<K, V> at(Instant now, Consumer<K> gone) {
        ExpiringMap<K, V> left = this;
        Expiry<K> first = left.expiries.firstKey();
        while (first != null && !first.until.isAfter(now)) {
            gone.accept(first.key);
            left = left.remove(first.key);
            first = left.expiries.firstKey();
        }
        return left;
    }
}
