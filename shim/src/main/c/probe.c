/*
 * grpc-health-probe: asks a gRPC server for its health, with the flags and exit statuses of the
 * program of that name (grpc-ecosystem/grpc-health-probe), in half a millisecond and without what a
 * runtime of any language takes. With -live it asks instead whether the daemon answers its plugin.
 *
 * RFC 9113 says what HTTP/2 is, RFC 7541 how headers are written; none of the server's is read, for
 * its answer is in the first message (grpc.health.v1.HealthCheckResponse) or it has none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SERVING = 0, WRONG_ARGUMENTS = 1, NO_CONNECTION = 2, NO_ANSWER = 3, NOT_SERVING = 4 };
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7 };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4, PADDED = 8 };

#define FRAME_HEAD 9
#define FRAME_MAX 16384 /* the most that a server may send unasked */
#define FRAMES_MAX 64   /* before there is an answer; a server that works sends five */
#define TEXT_MAX 1000   /* of what goes into a header: its length is two bytes then */
#define MESSAGE_HEAD 5
#define DURATION_MAX 3600000000000u

static uint64_t deadline;
static int verbose;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int fail(int status, const char *what, const char *why) {
    fprintf(stderr, "grpc-health-probe: %s: %s\n", what, why);
    return status;
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

static int transmit(int fd, const uint8_t *from, size_t length) {
    while (length) {
        if (wait_for(fd, POLLOUT)) return -1;
        ssize_t n = send(fd, from, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return -1;
        from += n;
        length -= (size_t)n;
    }
    return 0;
}

static int receive(int fd, uint8_t *to, size_t length) {
    while (length) {
        if (wait_for(fd, POLLIN)) return -1;
        ssize_t n = recv(fd, to, length, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return -1;
        errno = ECONNRESET;
        if (n == 0) return -1;
        to += n;
        length -= (size_t)n;
    }
    return 0;
}

static int connect_to(int family, const struct sockaddr *address, socklen_t length) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    /* connect(2) waits as long as sending may take. */
    uint64_t at = now(), left = deadline > at + 1000 ? deadline - at : 1000;
    struct timeval limit = {(time_t)(left / 1000000000u),
                            (suseconds_t)(left % 1000000000u / 1000u)};
    if (!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) &&
        !connect(fd, address, length))
        return fd;
    int why = errno == EAGAIN || errno == EINPROGRESS ? ETIMEDOUT : errno;
    close(fd);
    errno = why;
    return -1;
}

static int connect_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    return connect_to(AF_UNIX, (struct sockaddr *)&address, sizeof address);
}

/* Returns a connection, or -1 with errno. */
static int connect_any(const char *address) {
    if (!strncmp(address, "unix://", 7)) return connect_unix(address + 7);
    if (!strncmp(address, "unix:", 5)) return connect_unix(address + 5);
    char host[256];
    const char *colon = strrchr(address, ':');
    errno = EINVAL;
    if (!colon || colon == address || (size_t)(colon - address) >= sizeof host) return -1;
    size_t length = (size_t)(colon - address);
    int bracketed = address[0] == '[' && address[length - 1] == ']';
    size_t from = bracketed ? 1 : 0;
    length -= bracketed ? 2 : 0;
    memcpy(host, address + from, length);
    host[length] = 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    errno = EADDRNOTAVAIL;
    if (getaddrinfo(host, colon + 1, &hints, &found)) return -1;
    int fd = -1;
    for (struct addrinfo *one = found; one && fd < 0; one = one->ai_next)
        fd = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen);
    freeaddrinfo(found);
    return fd;
}

static uint8_t *put_frame_head(uint8_t *to, size_t length, int type, int flags, uint32_t stream) {
    const uint8_t head[FRAME_HEAD] = {(uint8_t)(length >> 16), (uint8_t)(length >> 8),
                                      (uint8_t)length,         (uint8_t)type,
                                      (uint8_t)flags,          (uint8_t)(stream >> 24),
                                      (uint8_t)(stream >> 16), (uint8_t)(stream >> 8),
                                      (uint8_t)stream};
    memcpy(to, head, sizeof head);
    return to + sizeof head;
}

/* An integer behind a prefix of 7 bits, as HPACK and, below 128, protobuf write it. */
static uint8_t *put_text(uint8_t *to, const char *text) {
    size_t length = strlen(text), rest = length < 127 ? 0 : length - 127;
    *to++ = (uint8_t)(length < 127 ? length : 127);
    if (length >= 127) {
        for (; rest >= 128; rest >>= 7) *to++ = (uint8_t)(rest % 128 + 128);
        *to++ = (uint8_t)rest;
    }
    memcpy(to, text, length);
    return to + length;
}

static uint8_t *put_header(uint8_t *to, const char *name, const char *value) {
    *to++ = 0; /* neither of them is in a table */
    return put_text(put_text(to, name), value);
}

/* Sends the one call there is. Returns 0, or -1 with errno. */
static int send_call(int fd, const char *service, const char *agent) {
    static uint8_t out[8 * TEXT_MAX];
    uint8_t *head = out + FRAME_HEAD, *to = head;
    *to++ = 0x83; /* :method POST */
    *to++ = 0x86; /* :scheme http */
    to = put_header(to, ":path", "/grpc.health.v1.Health/Check");
    to = put_header(to, ":authority", "localhost");
    to = put_header(to, "content-type", "application/grpc");
    to = put_header(to, "te", "trailers");
    to = put_header(to, "user-agent", agent);
    (void)put_frame_head(out, (size_t)(to - head), HEADERS, END_HEADERS, 1);
    uint8_t message[TEXT_MAX + 8], *end = message;
    size_t length = strlen(service);
    if (length) {
        *end++ = 0x0a; /* field 1, of bytes */
        if (length >= 128) *end++ = (uint8_t)(length % 128 + 128);
        *end++ = (uint8_t)(length >= 128 ? length / 128 : length);
        memcpy(end, service, length);
        end += length;
    }
    size_t size = (size_t)(end - message);
    to = put_frame_head(to, MESSAGE_HEAD + size, DATA, END_STREAM, 1);
    const uint8_t prefix[MESSAGE_HEAD] = {0, 0, 0, (uint8_t)(size >> 8), (uint8_t)size};
    memcpy(to, prefix, sizeof prefix);
    memcpy(to + sizeof prefix, message, size);
    return transmit(fd, out, (size_t)(to - out) + sizeof prefix + size);
}

struct frame {
    size_t length;
    int type, flags;
    uint32_t stream;
    uint8_t content[FRAME_MAX];
};

/* Reads a frame, and acknowledges what wants it. Returns 0, or -1 with errno. */
static int read_frame(int fd, struct frame *frame) {
    uint8_t head[FRAME_HEAD];
    if (receive(fd, head, sizeof head)) return -1;
    frame->length = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
    frame->type = head[3];
    frame->flags = head[4];
    frame->stream = ((uint32_t)head[5] << 24 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 8 |
                     head[8]) & 0x7fffffff;
    errno = EPROTO;
    if (frame->length > FRAME_MAX) return -1;
    if (receive(fd, frame->content, frame->length)) return -1;
    if ((frame->type != SETTINGS && frame->type != PING) || frame->flags & ACK) return 0;
    uint8_t out[FRAME_HEAD + 8];
    size_t length = frame->type == PING ? 8 : 0;
    errno = EPROTO;
    if (frame->type == PING && frame->length != length) return -1;
    memcpy(put_frame_head(out, length, frame->type, ACK, 0), frame->content, length);
    /* Who does not take it may have answered, and gone. */
    (void)transmit(fd, out, FRAME_HEAD + length);
    return 0;
}

/* Reads a message of one field, or none. Returns the field's value, or -1. */
static int status_of(const uint8_t *message, size_t length) {
    if (length == 0) return 0;
    return length == 2 && message[0] == 0x08 && message[1] < 128 ? message[1] : -1;
}

/* Reads until the answer is there. Returns an exit status, having said why. */
static int read_answer(int fd, struct frame *frame) {
    uint8_t message[64];
    size_t have = 0;
    for (int i = 0; i < FRAMES_MAX; i++) {
        if (read_frame(fd, frame)) return fail(NO_ANSWER, "no answer", strerror(errno));
        if (frame->type == GOAWAY) return fail(NO_ANSWER, "no answer", "the server goes away");
        if (frame->stream != 1) continue;
        if (frame->type == RST_STREAM) return fail(NO_ANSWER, "no answer", "the call was reset");
        if (frame->type == DATA) {
            size_t from = frame->flags & PADDED ? 1 : 0;
            size_t padding = from && frame->length ? frame->content[0] : 0;
            if (from + padding > frame->length)
                return fail(NO_ANSWER, "no answer", "a frame is padded wrongly");
            size_t length = frame->length - from - padding;
            if (length > sizeof message - have)
                return fail(NO_ANSWER, "no answer", "the message is too long");
            memcpy(message + have, frame->content + from, length);
            have += length;
        }
        size_t size = have < MESSAGE_HEAD ? 0 : (size_t)message[3] << 8 | message[4];
        if (have >= MESSAGE_HEAD && (message[0] || message[1] || message[2]))
            return fail(NO_ANSWER, "no answer", "the message is not readable");
        if (have >= MESSAGE_HEAD && have - MESSAGE_HEAD >= size) {
            int status = status_of(message + MESSAGE_HEAD, size);
            if (status == 1) {
                if (verbose) puts("status: SERVING");
                return SERVING;
            }
            return status < 0 ? fail(NO_ANSWER, "no answer", "the message is not readable")
                              : fail(NOT_SERVING, "not serving", "the server says so");
        }
        if (frame->type != SETTINGS && frame->flags & END_STREAM)
            return fail(NO_ANSWER, "no answer", "the call failed");
    }
    return fail(NO_ANSWER, "no answer", "the server sends other things without end");
}

static int check(const char *address, const char *service, const char *agent, uint64_t patience,
                 uint64_t answer) {
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    static struct frame frame;
    deadline = now() + patience;
    int fd = connect_any(address);
    if (fd < 0 || transmit(fd, (const uint8_t *)preface, sizeof preface - 1) ||
        read_frame(fd, &frame))
        return fail(NO_CONNECTION, address, strerror(errno));
    if (frame.type != SETTINGS) return fail(NO_CONNECTION, address, "no HTTP/2 is spoken there");
    deadline = now() + answer;
    if (send_call(fd, service, agent)) return fail(NO_ANSWER, "no answer", strerror(errno));
    return read_answer(fd, &frame);
}

/* Asks the daemon what runtimes ask; that it answers is enough (docs/shim-protocol.md). */
static int check_life(const char *path, uint64_t patience) {
    static const char environment[] = "CNI_COMMAND=STATUS\0CNI_PATH=/";
    static const char input[] = "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\",\"type\":\"aws-cni\"}";
    struct {
        char magic[4];
        uint16_t version, descriptors;
        uint64_t started;
        uint32_t deadline, environment, input, understood;
        char content[sizeof environment + sizeof input - 1];
    } request = {.magic = {'V', 'C', 'N', 'I'},      .version = 1,
                 .started = now(),                   .deadline = (uint32_t)(patience / 1000000u),
                 .environment = sizeof environment, .input = sizeof input - 1,
                 .understood = 1};
    memcpy(request.content, environment, sizeof environment);
    memcpy(request.content + sizeof environment, input, sizeof input - 1);
    deadline = now() + patience;
    size_t length = 32 + sizeof request.content;
    uint8_t reply[12];
    int fd = connect_unix(path);
    if (fd < 0) return fail(NO_CONNECTION, path, strerror(errno));
    if (transmit(fd, (const uint8_t *)&request, length) || receive(fd, reply, sizeof reply))
        return fail(NO_ANSWER, path, strerror(errno));
    if (memcmp(reply, "VCNR", 4)) return fail(NO_ANSWER, path, "the answer is not a daemon's");
    if (verbose) puts("status: LIVE");
    return SERVING;
}

/* Reads a duration as Go writes them, such as 5s or 1m30s. Returns 0, or -1. */
static int read_duration(const char *text, uint64_t *duration) {
    static const struct { const char *name; double nanos; } units[] = {
        {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}};
    double total = 0;
    if (!*text) return -1;
    while (*text) {
        size_t digits = strspn(text, "0123456789."), name = strcspn(text + digits, "0123456789.");
        char *end;
        double value = strtod(text, &end);
        if (!digits || digits > 18 || end != text + digits) return -1;
        size_t i = 0, count = sizeof units / sizeof *units;
        while (i < count && (strlen(units[i].name) != name ||
                             strncmp(units[i].name, text + digits, name))) i++;
        if (i == count) return -1;
        total += value * units[i].nanos;
        text += digits + name;
    }
    if (total < 1 || total > (double)DURATION_MAX) return -1;
    *duration = (uint64_t)total;
    return 0;
}

int main(int count, char **arguments) {
    const char *address = "", *service = "", *agent = "grpc_health_probe", *live = "";
    const char *connecting = "1s", *answering = "1s";
    const struct { const char *name; const char **value; } flags[] = {
        {"addr", &address},           {"service", &service},        {"user-agent", &agent},
        {"live", &live},              {"connect-timeout", &connecting},
        {"rpc-timeout", &answering}};
    for (int i = 1; i < count; i++) {
        const char *flag = arguments[i];
        if (*flag++ != '-') return fail(WRONG_ARGUMENTS, "no flag", arguments[i]);
        if (*flag == '-') flag++;
        if (!strcmp(flag, "v")) { verbose = 1; continue; }
        size_t length = strcspn(flag, "="), which = 0, known = sizeof flags / sizeof *flags;
        while (which < known && (strlen(flags[which].name) != length ||
                                 strncmp(flags[which].name, flag, length))) which++;
        if (which == known) return fail(WRONG_ARGUMENTS, "unknown flag", arguments[i]);
        const char *value = flag[length] ? flag + length + 1 : i + 1 < count ? arguments[++i] : NULL;
        if (!value) return fail(WRONG_ARGUMENTS, "a value is missing", arguments[i]);
        if (strlen(value) > TEXT_MAX) return fail(WRONG_ARGUMENTS, "longer than 1000", flag);
        *flags[which].value = value;
    }
    uint64_t patience, answer;
    if (read_duration(connecting, &patience) || read_duration(answering, &answer))
        return fail(WRONG_ARGUMENTS, "no duration from 1ns to 1h, such as 5s", connecting);
    if (*live) return check_life(live, patience);
    if (!*address) return fail(WRONG_ARGUMENTS, "-addr or -live", "one of them is needed");
    return check(address, service, agent, patience, answer);
}
