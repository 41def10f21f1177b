package dev.vpccni.linux;

import java.io.IOException;
import java.io.Serial;

/** The kernel refused: a system call failed, or a netlink request was answered with an error. */
public final class ErrnoException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private final int errno;
    private final String detail;

    /**
     * @param operation what was attempted, such as {@code "connect"} or {@code "add rule 512"}
     * @param errno a positive error number, as {@code errno(3)} lists them
     * @param detail the kernel's own explanation, or the empty string if it gave none
     */
    public ErrnoException(String operation, int errno, String detail) {
        super(operation + ": " + Errno.name(errno) + (detail.isEmpty() ? "" : ": " + detail));
        this.errno = errno;
        this.detail = detail;
    }

    /**
     * Takes no trace of the stack: that a rule is not there, say, is an answer like any other, and
     * the operation tells where it came from.
     */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Returns the positive error number; see {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** Tells whether the error number is {@code number}, such as {@link Errno#EEXIST}. */
    public boolean is(int number) {
        return errno == number;
    }

    /** Returns the kernel's own explanation, or the empty string if it gave none. */
    public String detail() {
        return detail;
    }

    /** Returns the same failure as part of a larger operation, with this one as its cause. */
    public ErrnoException during(String operation) {
        var wider = new ErrnoException(operation, errno, detail);
        wider.initCause(this);
        return wider;
    }
}
