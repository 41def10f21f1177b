package dev.vpccni.linux;

/**
 * Error numbers, as {@code errno(3)} lists them; the numbers of {@code asm-generic/errno.h}, which
 * x86-64 and arm64 share.
 */
public final class Errno {

    /** Operation not permitted. */
    public static final int EPERM = 1;

    /** No such file, rule or neighbour. */
    public static final int ENOENT = 2;

    /** No such process or route. */
    public static final int ESRCH = 3;

    /** A signal interrupted the call. */
    public static final int EINTR = 4;

    /** Not an open descriptor. */
    public static final int EBADF = 9;

    /** Not now: a timeout passed, or the call would block. */
    public static final int EAGAIN = 11;

    /** Permission denied. */
    public static final int EACCES = 13;

    /** In use. */
    public static final int EBUSY = 16;

    /** It exists. */
    public static final int EEXIST = 17;

    /** No such link. */
    public static final int ENODEV = 19;

    /** Invalid argument. */
    public static final int EINVAL = 22;

    /** This process has as many files open as it may. */
    public static final int EMFILE = 24;

    /** The file is none that the request is for. */
    public static final int ENOTTY = 25;

    /** The kernel does not know this socket option. */
    public static final int ENOPROTOOPT = 92;

    /** The kernel does not know this protocol. */
    public static final int EPROTONOSUPPORT = 93;

    /** Not supported. */
    public static final int EOPNOTSUPP = 95;

    /** Address in use. */
    public static final int EADDRINUSE = 98;

    /** The link is down. */
    public static final int ENETDOWN = 100;

    /** The gateway is not reachable. */
    public static final int ENETUNREACH = 101;

    /** Messages were lost, or memory is short. */
    public static final int ENOBUFS = 105;

    /** Not connected. */
    public static final int ENOTCONN = 107;

    /** Nobody listens. */
    public static final int ECONNREFUSED = 111;

    private static final String[] NAMES =
            """
            - EPERM ENOENT ESRCH EINTR EIO
            ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN
            ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST
            EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE
            EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE
            EROFS EMLINK EPIPE EDOM ERANGE EDEADLK
            ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP -
            ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST
            ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR
            EXFULL ENOANO EBADRQC EBADSLT - EBFONT
            ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG
            EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO
            EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD
            EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC
            EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ
            EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP
            EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH
            ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN
            ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH
            EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL
            EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED
            ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE
            ERFKILL EHWPOISON
            """
                    .strip()
                    .split("\\s+", -1);

    private Errno() {}

    /** Returns the name of an error number, such as {@code EEXIST}, or its digits if unnamed. */
    public static String name(int errno) {
        boolean named = errno > 0 && errno < NAMES.length && !NAMES[errno].equals("-");
        return named ? NAMES[errno] : Integer.toString(errno);
    }
}
