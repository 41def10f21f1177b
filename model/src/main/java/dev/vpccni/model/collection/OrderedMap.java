package dev.vpccni.model.collection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys. A changed map shares all but a few small arrays with
 * the one that it was made from, so a change costs about the same at ten entries and ten thousand.
 *
 * <p>A B+ tree: entries in leaves, all at one depth; a branch knows the least key of each child.
 *
 * @param <K> whose order is consistent with equals
 */
public final class OrderedMap<K extends Comparable<? super K>, V> {

    private static final int WIDTH_MAX = 32;
    private static final int WIDTH_MIN = WIDTH_MAX / 4;
    private static final Object[] NONE = {};
    private static final OrderedMap<?, ?> EMPTY =
            new OrderedMap<String, Object>(new Node(NONE, NONE, true));

    private final Node root;

    private OrderedMap(Node root) {
        this.root = root;
    }

    /** Returns the map without entries. */
    @SuppressWarnings("unchecked") // a map without entries holds none of the wrong type
    public static <K extends Comparable<? super K>, V> OrderedMap<K, V> empty() {
        return (OrderedMap<K, V>) EMPTY;
    }

    /** Returns the number of entries. */
    public int size() {
        return root.size;
    }

    /** Returns the value of {@code key}, or null if there is none. */
    @SuppressWarnings("unchecked") // only put() fills the leaves
    public @Nullable V get(K key) {
        Node node = root;
        while (!node.leaf) {
            node = node.child(node.childFor(key));
        }
        int at = node.find(key);
        return at >= 0 ? (V) node.values[at] : null;
    }

    /** Returns the value of the least key, or null if there is no entry. */
    @SuppressWarnings("unchecked") // only put() fills the leaves
    public @Nullable V firstValue() {
        return root.size == 0 ? null : (V) root.first().values[0];
    }

    /** Returns the least key, or null if there is no entry. */
    @SuppressWarnings("unchecked") // only put() fills the leaves
    public @Nullable K firstKey() {
        return root.size == 0 ? null : (K) root.first().keys[0];
    }

    /** Tells whether there is an entry for {@code key}. */
    public boolean contains(K key) {
        return get(key) != null;
    }

    /** Returns this map with {@code value} for {@code key}. */
    public OrderedMap<K, V> put(K key, V value) {
        Node changed = root.put(key, value);
        if (changed.width() > WIDTH_MAX) {
            changed = Node.branch(changed.firstHalf(), changed.secondHalf());
        }
        return new OrderedMap<>(changed);
    }

    /** Returns this map without {@code key}: the very same one, if it has no such entry. */
    public OrderedMap<K, V> remove(K key) {
        Node changed = root.remove(key);
        if (changed == root) {
            return this;
        }
        while (!changed.leaf && changed.width() == 1) {
            changed = changed.child(0);
        }
        return new OrderedMap<>(changed);
    }

    /** Hands over each entry in the order of the keys. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        visit(root, action);
    }

    /** Returns the values in the order of their keys, as a list of its own. */
    public List<V> values() {
        var values = new ArrayList<V>(size());
        forEach((_, value) -> values.add(value));
        return Collections.unmodifiableList(values);
    }

    /** Returns the keys in their order, as a list of its own. */
    public List<K> keys() {
        var keys = new ArrayList<K>(size());
        forEach((key, _) -> keys.add(key));
        return Collections.unmodifiableList(keys);
    }

    @SuppressWarnings("unchecked") // only put() fills the leaves
    private void visit(Node node, BiConsumer<? super K, ? super V> action) {
        for (int i = 0; i < node.width(); i++) {
            if (node.leaf) {
                action.accept((K) node.keys[i], (V) node.values[i]);
            } else {
                visit(node.child(i), action);
            }
        }
    }

    /** A leaf or a branch; never changed once made. */
    private static final class Node {

        private final Object[] keys; // of the entries; in a branch, the least of each child
        private final Object[] values; // of the entries; in a branch, the children
        private final boolean leaf;
        private final int size; // entries in it and below

        Node(Object[] keys, Object[] values, boolean leaf) {
            this(keys, values, leaf, leaf ? keys.length : sizeOf(values));
        }

        private Node(Object[] keys, Object[] values, boolean leaf, int size) {
            this.keys = keys;
            this.values = values;
            this.leaf = leaf;
            this.size = size;
        }

        private static int sizeOf(Object[] children) {
            int size = 0;
            for (Object child : children) {
                size += ((Node) child).size;
            }
            return size;
        }

        static Node branch(Node first, Node second) {
            return new Node(
                    new Object[] {first.keys[0], second.keys[0]},
                    new Object[] {first, second},
                    false);
        }

        Node first() {
            Node node = this;
            while (!node.leaf) {
                node = node.child(0);
            }
            return node;
        }

        int width() {
            return keys.length;
        }

        Node child(int at) {
            return (Node) values[at];
        }

        int find(Object key) {
            return Arrays.binarySearch(keys, key);
        }

        int childFor(Object key) {
            int at = find(key);
            return at >= 0 ? at : Math.max(0, -at - 2);
        }

        Node put(Object key, Object value) {
            if (leaf) {
                int at = find(key);
                return at >= 0 ? replaced(at, key, value) : inserted(-at - 1, key, value);
            }
            int at = childFor(key);
            Node changed = child(at).put(key, value);
            if (changed.width() <= WIDTH_MAX) {
                return replaced(at, changed.keys[0], changed);
            }
            Node second = changed.secondHalf();
            Node first = changed.firstHalf();
            return replaced(at, first.keys[0], first).inserted(at + 1, second.keys[0], second);
        }

        Node remove(Object key) {
            if (leaf) {
                int at = find(key);
                return at >= 0 ? removed(at) : this;
            }
            int at = childFor(key);
            Node changed = child(at).remove(key);
            if (changed == child(at)) {
                return this;
            }
            if (changed.width() >= WIDTH_MIN || width() == 1) {
                return changed.width() == 0 ? removed(at) : replaced(at, changed.keys[0], changed);
            }
            int left = at > 0 ? at - 1 : at;
            Node first = at > 0 ? child(left) : changed;
            Node second = at > 0 ? changed : child(at + 1);
            Node joined = first.joined(second);
            Node fewer = removed(left + 1);
            if (joined.width() <= WIDTH_MAX) {
                return fewer.replaced(left, joined.keys[0], joined);
            }
            Node half = joined.firstHalf();
            Node rest = joined.secondHalf();
            return fewer.replaced(left, half.keys[0], half).inserted(left + 1, rest.keys[0], rest);
        }

        Node firstHalf() {
            int half = width() / 2;
            return new Node(Arrays.copyOf(keys, half), Arrays.copyOf(values, half), leaf);
        }

        Node secondHalf() {
            int half = width() / 2;
            return new Node(
                    Arrays.copyOfRange(keys, half, width()),
                    Arrays.copyOfRange(values, half, width()),
                    leaf);
        }

        private Node joined(Node next) {
            return new Node(joined(keys, next.keys), joined(values, next.values), leaf);
        }

        private static Object[] joined(Object[] first, Object[] second) {
            Object[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }

        private Node replaced(int at, Object key, Object value) {
            Object[] newKeys = keys;
            if (!leaf) {
                newKeys = keys.clone();
                newKeys[at] = key;
            }
            Object[] newValues = values.clone();
            newValues[at] = value;
            int newSize = leaf ? size : size - child(at).size + ((Node) value).size;
            return new Node(newKeys, newValues, leaf, newSize);
        }

        private Node inserted(int at, Object key, Object value) {
            return new Node(inserted(keys, at, key), inserted(values, at, value), leaf);
        }

        private static Object[] inserted(Object[] array, int at, Object element) {
            Object[] longer = new Object[array.length + 1];
            System.arraycopy(array, 0, longer, 0, at);
            longer[at] = element;
            System.arraycopy(array, at, longer, at + 1, array.length - at);
            return longer;
        }

        private Node removed(int at) {
            return new Node(removed(keys, at), removed(values, at), leaf);
        }

        private static Object[] removed(Object[] array, int at) {
            Object[] shorter = new Object[array.length - 1];
            System.arraycopy(array, 0, shorter, 0, at);
            System.arraycopy(array, at + 1, shorter, at, shorter.length - at);
            return shorter;
        }
    }
}
