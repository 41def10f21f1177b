package dev.vpccni.emulator.ec2;

import java.util.Collection;
import java.util.function.Consumer;

/** Writes XML: elements, no attributes but the root's namespace. */
final class Xml {

    private final StringBuilder text = new StringBuilder(1_024);

    private Xml() {}

    /** Writes a document whose root is {@code name}, in {@code namespace} unless that is empty. */
    static String document(String name, String namespace, Consumer<Xml> content) {
        var xml = new Xml();
        xml.text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<").append(name);
        if (!namespace.isEmpty()) {
            xml.text.append(" xmlns=\"").append(namespace).append('"');
        }
        xml.text.append('>');
        content.accept(xml);
        return xml.text.append("</").append(name).append('>').toString();
    }

    /** Writes an element with a text. */
    void leaf(String name, Object value) {
        String content = value.toString();
        if (content.isEmpty()) {
            text.append('<').append(name).append("/>");
            return;
        }
        text.append('<').append(name).append('>');
        escape(content);
        text.append("</").append(name).append('>');
    }

    /** Writes an element with elements. */
    void element(String name, Consumer<Xml> content) {
        text.append('<').append(name).append('>');
        content.accept(this);
        text.append("</").append(name).append('>');
    }

    /** Writes a list: {@code name} with an {@code item} for each entry. */
    <T> void list(String name, Collection<T> entries, ItemWriter<T> writer) {
        if (entries.isEmpty()) {
            text.append('<').append(name).append("/>");
            return;
        }
        element(
                name,
                _ -> entries.forEach(entry -> element("item", item -> writer.write(item, entry))));
    }

    /** Writes a list of texts: {@code name} with an {@code item} for each. */
    void texts(String name, Collection<?> entries) {
        if (entries.isEmpty()) {
            text.append('<').append(name).append("/>");
            return;
        }
        element(name, list -> entries.forEach(entry -> list.leaf("item", entry)));
    }

    /** Writes the inside of one {@code item}. */
    interface ItemWriter<T> {

        /** Writes {@code entry}. */
        void write(Xml item, T entry);
    }

    /** Tells whether a document can hold each character of {@code text} (XML 1.0, production 2). */
    static boolean canHold(String text) {
        return text.codePoints().allMatch(Xml::isCharacter);
    }

    private static boolean isCharacter(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= ' ' && c <= 0xd7ff)
                || (c >= 0xe000 && c <= 0xfffd)
                || c >= 0x10000;
    }

    private void escape(String content) {
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                case '\r' -> text.append("&#13;"); // else it is read as the end of a line
                default -> text.append(c >= ' ' || isCharacter(c) ? c : '\ufffd');
            }
        }
    }
}
