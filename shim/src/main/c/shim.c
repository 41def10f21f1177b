/*
 * aws-cni, and by its second name egress-cni: the CNI plugin executable. It knows nothing of
 * networking: it checks what the runtime passed, hands it to the node's daemon over a Unix socket
 * with the pod's network namespace and a netlink socket opened inside it, and prints the answer.
 *
 * docs/shim-protocol.md describes the protocol, the CNI specification 1.1.0 what a runtime expects.
 * The build defines PLUGIN_VERSION.
 */
#define _GNU_SOURCE
#include "parameters.h"
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define VERSION_LINES PLUGIN_VERSION "\nCNI protocol versions supported: "
#define NETLINK_ROUTE 0 /* linux/netlink.h, which musl does not come with */
#define PROTOCOL_VERSION 1 /* of requests and answers */
#define ORDER_VERSION 2    /* of orders and reports */
#define SOCKET_PATH "/var/run/aws-node/cni.sock"
#define SPOOL_PATH "/var/run/aws-node/spool"
#define ENVIRONMENT_MAX (64 * 1024)
#define STDIN_MAX (4 * 1024 * 1024)
#define REPLY_MAX (1024 * 1024)

/* Codes of the CNI specification, section "Error". */
#define UNKNOWN_CONTAINER 3
#define INVALID_ENVIRONMENT 4
#define IO_FAILURE 5
#define MALFORMED_INPUT 6
#define HOST_NAMESPACE 8
#define TRY_AGAIN_LATER 11
#define NOT_AVAILABLE 50

struct request_header {
    char magic[4]; /* "VCNI" */
    uint16_t version;
    uint16_t descriptors; /* 0, or 2: the namespace and a netlink socket inside it */
    uint64_t started;     /* CLOCK_MONOTONIC, ns */
    uint32_t deadline;    /* ms after started */
    uint32_t environment; /* bytes of NAME=VALUE, each with a final zero */
    uint32_t input;       /* bytes of standard input, after those */
    uint32_t understood;  /* the highest version that this understands */
};

struct reply_header {
    char magic[4]; /* "VCNR", or "VCNS" of an order */
    uint16_t version;
    uint16_t status; /* what to exit with; of an order, 0 */
    uint32_t output; /* bytes for standard output, after this; of an order, of what to set */
};

struct report {
    char magic[4]; /* "VCND" */
    uint16_t version;
    uint16_t failure; /* errno, or 0 */
    uint32_t done;    /* how many were set before that */
};

struct verb {
    const char *name;
    uint32_t deadline_ms;
    int needs_container, needs_namespace;
};

static const struct verb verbs[] = {
    {"ADD", 60000, 1, 1}, {"DEL", 30000, 1, 0},   {"CHECK", 10000, 1, 1},
    {"GC", 60000, 0, 0},  {"STATUS", 2000, 0, 0},
};

static const char *const passed_on[] = {"CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS",
                                        "CNI_IFNAME",  "CNI_ARGS",        "CNI_PATH"};

/* Behind the name of a DEL that is kept: neither plugin's replaces the other's. */
static const char *plugin_suffix = "";

/* Static, so that no length can make an allocation fail; pages not used cost nothing. */
static char frame[sizeof(struct request_header) + ENVIRONMENT_MAX + STDIN_MAX + 1];
static char output[REPLY_MAX];
static size_t frame_length;
static uint64_t started, deadline;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

/* Writes text as the inside of a JSON string; what is no UTF-8 came in like that and stays. */
static void put_json(const char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20) printf("\\u%04x", *text);
        else printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
}

/* Prints the error of the CNI specification, as upstream lays it out. Returns the exit status. */
static int fail(int code, const char *details, const char *message, const char *subject) {
    printf("{\n    \"code\": %d,\n    \"msg\": \"", code);
    put_json(message);
    put_json(subject);
    if (*details) printf("\",\n    \"details\": \"");
    put_json(details);
    printf("\"\n}");
    fflush(stdout);
    return 1;
}

static int print_versions(FILE *to, const char *head, const char *separator, const char *tail) {
    static const char *const versions[] = {"0.1.0", "0.2.0", "0.3.0", "0.3.1",
                                           "0.4.0", "1.0.0", "1.1.0"};
    fputs(head, to);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        fprintf(to, "%s%s", i ? separator : "", versions[i]);
    fputs(tail, to);
    return fflush(to) ? 1 : 0;
}

/* The forms that the CNI specification demands of identifiers and interface names. */
static int is_identifier(const char *text) {
    static const char allowed[] =
        "_.-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return *text && !strchr("_.-", *text) && !text[strspn(text, allowed)];
}

static int is_interface_name(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= 15 && strcmp(text, ".") && strcmp(text, "..") &&
           !strpbrk(text, "/: \t\n\v\f\r");
}

static int check_environment(const struct verb *verb) {
    struct { const char *name; int needed; } variables[] = {
        {"CNI_CONTAINERID", verb->needs_container},
        {"CNI_NETNS", verb->needs_namespace},
        {"CNI_IFNAME", verb->needs_container},
        {"CNI_PATH", 1},
    };
    char missing[128] = ""; /* all four and their commas are 50 bytes */
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (!variables[i].needed || *variable(variables[i].name)) continue;
        if (*missing) strcat(missing, ",");
        strcat(missing, variables[i].name);
    }
    if (*missing) {
        strcat(missing, "] missing");
        return fail(INVALID_ENVIRONMENT, "", "required env variables [", missing);
    }
    if (verb->needs_container && !is_identifier(variable("CNI_CONTAINERID")))
        return fail(INVALID_ENVIRONMENT,
                    "allowed: letters, digits, '_', '.' and '-', beginning with a letter or digit",
                    "invalid CNI_CONTAINERID: ", variable("CNI_CONTAINERID"));
    if (verb->needs_container && !is_interface_name(variable("CNI_IFNAME")))
        return fail(INVALID_ENVIRONMENT,
                    "allowed: 1 to 15 characters without '/', ':' and white space, not . or ..",
                    "invalid CNI_IFNAME: ", variable("CNI_IFNAME"));
    return 0;
}

/* Waits until fd is ready for events, or the deadline. Returns 0, or -1 with errno. */
static int wait_for(int fd, short events) {
    for (;;) {
        uint64_t at = now();
        errno = ETIMEDOUT;
        if (at >= deadline) return -1;
        struct pollfd p = {.fd = fd, .events = events};
        int ready = poll(&p, 1, (int)((deadline - at) / 1000000u) + 1);
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return -1;
    }
}

/* Fills the frame from the environment and standard input. Returns 0, or the exit status. */
static int make_frame(void) {
    size_t length = sizeof(struct request_header);
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
        const char *value = getenv(passed_on[i]);
        if (!value) continue;
        size_t need = strlen(passed_on[i]) + 1 + strlen(value) + 1;
        if (need > sizeof(struct request_header) + ENVIRONMENT_MAX - length)
            return fail(INVALID_ENVIRONMENT, "64 KiB at most", "environment too long at ",
                        passed_on[i]);
        length += (size_t)sprintf(frame + length, "%s=%s", passed_on[i], value) + 1;
    }
    size_t environment = length - sizeof(struct request_header), input = 0;
    for (ssize_t n = 1; n;) {
        if (wait_for(0, POLLIN) ||
            ((n = read(0, frame + length + input, STDIN_MAX + 1 - input)) < 0 && errno != EINTR))
            return fail(IO_FAILURE, "the runtime has to write and close it", "standard input: ",
                        strerror(errno));
        if (n > 0) input += (size_t)n;
        if (input > STDIN_MAX)
            return fail(MALFORMED_INPUT, "4 MiB at most", "network config too long", "");
    }
    struct request_header header = {
        .magic = {'V', 'C', 'N', 'I'},
        .version = PROTOCOL_VERSION,
        .started = started,
        .deadline = (uint32_t)((deadline - started) / 1000000u),
        .environment = (uint32_t)environment,
        .input = (uint32_t)input,
        .understood = ORDER_VERSION,
    };
    memcpy(frame, &header, sizeof header);
    frame_length = length + input;
    return 0;
}

/*
 * Opens the pod's namespace and a netlink socket inside it. Returns 0; else the code of what is
 * wrong, and says in what.
 */
static int open_namespace(const char *path, int descriptors[2], const char **what) {
    struct stat a, b;
    *what = "no network namespace at ";
    /* O_NONBLOCK, because the path may be anything, such as a pipe that nobody writes to. */
    int there = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (there < 0) return UNKNOWN_CONTAINER;
    *what = "cannot tell the plugin's own namespace from ";
    if (stat("/proc/self/ns/net", &a) || fstat(there, &b)) return IO_FAILURE;
    *what = "plugin's netns and netns from CNI_NETNS should not be the same: ";
    if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) return HOST_NAMESPACE;
    *what = "cannot enter the network namespace at ";
    if (setns(there, CLONE_NEWNET)) return errno == EINVAL ? UNKNOWN_CONTAINER : IO_FAILURE;
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    *what = "no netlink socket in ";
    if (netlink < 0) return IO_FAILURE;
    /* There is no way back, for none is needed: the daemon's socket is found by its path. */
    descriptors[0] = there;
    descriptors[1] = netlink;
    return 0;
}

static int connect_daemon(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    /* connect(2) waits where the daemon's backlog is full, as long as sending may take. */
    uint64_t at = now(), left = deadline > at + 1000 ? deadline - at : 1000;
    struct timeval limit = {(time_t)(left / 1000000000u),
                            (suseconds_t)(left % 1000000000u / 1000u)};
    if (!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) &&
        !connect(fd, (struct sockaddr *)&address, sizeof address))
        return fd;
    if (errno == EAGAIN) errno = ETIMEDOUT;
    return -1;
}

static int send_request(int fd, const int descriptors[2]) {
    union { char bytes[CMSG_SPACE(2 * sizeof(int))]; struct cmsghdr align; } control = {0};
    uint16_t count = descriptors[0] >= 0 ? 2 : 0;
    memcpy(frame + offsetof(struct request_header, descriptors), &count, sizeof count);
    size_t sent = 0;
    while (sent < frame_length) {
        struct iovec rest = {.iov_base = frame + sent, .iov_len = frame_length - sent};
        struct msghdr message = {.msg_iov = &rest, .msg_iovlen = 1};
        if (sent == 0 && count) {
            struct cmsghdr *head = &control.align;
            head->cmsg_level = SOL_SOCKET;
            head->cmsg_type = SCM_RIGHTS;
            head->cmsg_len = CMSG_LEN(2 * sizeof(int));
            memcpy(CMSG_DATA(head), descriptors, 2 * sizeof(int));
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof control.bytes;
        }
        if (wait_for(fd, POLLOUT)) return -1;
        ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return -1;
        sent += (size_t)n;
    }
    return 0;
}

static int receive(int fd, char *to, size_t length) {
    while (length) {
        if (wait_for(fd, POLLIN)) return -1;
        ssize_t n = recv(fd, to, length, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return -1;
        errno = ECONNRESET;
        if (n == 0) return -1; /* it went away in the middle */
        to += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Carries out an order, which is there, and says how that went. Returns 0, or -1 with errno. */
static int obey(int fd, size_t length) {
    struct report report = {.magic = {'V', 'C', 'N', 'D'}, .version = ORDER_VERSION};
    report.failure = (uint16_t)set_parameters(output, length, &report.done);
    ssize_t n = send(fd, &report, sizeof report, MSG_NOSIGNAL | MSG_DONTWAIT);
    return n == (ssize_t)sizeof report ? 0 : -1; /* there is room: nothing is before it */
}

/* Sends the frame and reads the answer. Returns 0, or -1 with errno: EPROTO for a strange one. */
static int exchange(const char *path, const int descriptors[2], struct reply_header *reply) {
    int fd = connect_daemon(path);
    if (fd < 0 || send_request(fd, descriptors)) return -1;
    for (;;) {
        if (receive(fd, (char *)reply, sizeof *reply)) return -1;
        /* Where this has not entered a pod's namespace, an order would change the node. */
        int order = !memcmp(reply->magic, "VCNS", 4) && descriptors[0] >= 0;
        errno = EPROTO;
        if ((!order && memcmp(reply->magic, "VCNR", 4)) || reply->output > REPLY_MAX ||
            reply->version != (order ? ORDER_VERSION : PROTOCOL_VERSION) || reply->status > 1)
            return -1;
        if (receive(fd, output, reply->output)) return -1;
        if (!order) return 0;
        if (obey(fd, reply->output)) return -1;
    }
}

/* Answers for a daemon that does not. Returns the exit status. */
static int without_daemon(const struct verb *verb, const char *path, int reason) {
    static const char hint[] = "the aws-node pod of this node serves it: see whether that runs";
    char message[PATH_MAX + 128];
    if (!strcmp(verb->name, "DEL")) {
        const char *set = variable("VPC_CNI_SPOOL"), *directory = *set ? set : SPOOL_PATH;
        memset(frame + offsetof(struct request_header, descriptors), 0, sizeof(uint16_t));
        if (!spool_keep(directory, variable("CNI_CONTAINERID"), variable("CNI_IFNAME"),
                        plugin_suffix, frame, frame_length))
            return 0;
        int spooling = errno;
        snprintf(message, sizeof message,
                 "the daemon at %.1024s did not answer (%s), and the request cannot be kept in %.1024s: ",
                 path, strerror(reason), directory);
        return fail(IO_FAILURE, hint, message, strerror(spooling));
    }
    snprintf(message, sizeof message, "the daemon at %.1024s did not answer: ", path);
    return fail(strcmp(verb->name, "STATUS") ? TRY_AGAIN_LATER : NOT_AVAILABLE, hint, message,
                reason == EPROTO ? "not the answer of this protocol's version" : strerror(reason));
}

/* Tells whether this file was executed as egress-cni, which has the same contents. */
static int is_egress(const char *path) {
    const char *slash = strrchr(path, '/');
    return !strcmp(slash ? slash + 1 : path, "egress-cni");
}

int main(int count, char **arguments) {
    started = now();
    int egress = count > 0 && is_egress(arguments[0]);
    if (egress) plugin_suffix = "+egress-cni";
    const char *command = variable("CNI_COMMAND"), *set = variable("VPC_CNI_SOCKET");
    const char *path = *set ? set : SOCKET_PATH;
    if (!*command)
        return print_versions(stderr, egress ? "egress CNI plugin " VERSION_LINES : "AWS CNI " VERSION_LINES, ", ", "\n");
    if (!strcmp(command, "VERSION"))
        return print_versions(stdout, "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"", "\",\"", "\"]}\n");
    const struct verb *verb = NULL;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(command, verbs[i].name)) verb = &verbs[i];
    if (!verb)
        return fail(INVALID_ENVIRONMENT, "allowed: ADD, DEL, CHECK, STATUS, GC, VERSION",
                    "unknown CNI_COMMAND: ", command);
    long shorter = atol(variable("VPC_CNI_DEADLINE_MS")); /* for tests */
    uint32_t limit = shorter > 0 && shorter < verb->deadline_ms ? (uint32_t)shorter : verb->deadline_ms;
    deadline = started + limit * (uint64_t)1000000u;

    int descriptors[2] = {-1, -1}, status = check_environment(verb);
    if (!status) status = make_frame();
    if (status) return status;
    const char *namespace = variable("CNI_NETNS"), *what;
    int code = verb->needs_namespace ? open_namespace(namespace, descriptors, &what) : 0;
    if (code)
        return fail(code, code == IO_FAILURE ? strerror(errno)
                              : "CNI_NETNS must be the path of another network namespace that exists",
                    what, namespace);
    struct reply_header reply;
    if (exchange(path, descriptors, &reply)) return without_daemon(verb, path, errno);
    if (write_all(1, output, reply.output)) return 1;
    return reply.status;
}
