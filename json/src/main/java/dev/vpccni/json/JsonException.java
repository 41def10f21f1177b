package dev.vpccni.json;

/**
 * Text that is not JSON, or JSON that is not what its reader expects. The message says what is
 * wrong and where: by line and column for text, by path for a value.
 */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1L;

    /** An error with a message for people. */
    public JsonException(String message) {
        super(message);
    }

    /** An error in a text at a line and a column, both counted from 1. */
    static JsonException at(String what, int line, int column) {
        return new JsonException("line %d, column %d: %s".formatted(line, column, what));
    }
}
