package dev.vpccni.addon.field;

/**
 * Who wrote a field.
 *
 * @param manager the program's name for itself, such as {@code kubectl-edit}
 * @param time when it last wrote anything of the object, as the server says it; may be empty
 * @param certain that it wrote this field; otherwise nobody owns the field, since whoever removes
 *     one owns nothing by that, and it was the last one to write anything that is still there
 */
public record Writer(String manager, String time, boolean certain) {

    /** Where the object says nothing. */
    static final Writer NOBODY = new Writer("", "", false);

    /** Returns it for people. */
    public String text() {
        if (manager.isEmpty()) {
            return "by somebody whom the object does not name";
        }
        String at = time.isEmpty() ? "" : " at " + time;
        return certain
                ? "by " + manager + at
                : "by somebody whom the object does not name ("
                        + manager
                        + " was the last to write what is still there"
                        + at
                        + ")";
    }
}
