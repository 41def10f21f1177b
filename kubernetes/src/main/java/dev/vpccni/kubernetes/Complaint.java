package dev.vpccni.kubernetes;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says once when something cannot be done at the API server, why, and what would help, and once
 * when it can again. What the cluster lacks is an event on the node, too. Used by one thread.
 */
final class Complaint {

    private final String what;
    private final Need need;
    private final Consumer<String> log;
    private final Operator operator;
    private @Nullable String told;

    /**
     * @param what is done, such as {@code read its pods}
     * @param need what that takes
     */
    Complaint(String what, Need need, Consumer<String> log, Operator operator) {
        this.what = what;
        this.need = need;
        this.log = log;
        this.operator = operator;
    }

    /**
     * Notes that it cannot be done now; it is tried again.
     *
     * @param status of the answer, or 0 where there was none
     */
    void failed(int status, String reason) {
        if (reason.equals(told)) {
            return;
        }
        told = reason;
        Need.Lack lack = need.lack(status);
        String remedy = need.remedy(lack);
        String line = "the node cannot " + what + ", and tries again: " + reason;
        log.accept(remedy.isEmpty() ? line : line + "; " + remedy);
        if (lack != Need.Lack.NONE) {
            operator.tell(
                    lack.reason(), what, "the node cannot " + what + ": " + reason + ". " + remedy);
        }
    }

    /** Notes that it could be done. */
    void works() {
        if (told != null) {
            log.accept("the node can " + what + " again");
            told = null;
        }
    }
}
