#define _GNU_SOURCE
#include "parameters.h"
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int set(const char *name, const char *value) {
    char path[PATH_MAX];
    if (strncmp(name, "net/", 4) || strstr(name, "..") ||
        snprintf(path, sizeof path, "/proc/sys/%s", name) >= (int)sizeof path)
        return EPROTO;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : errno;
    int failure = write_all(fd, value, strlen(value)) ? errno : 0;
    close(fd);
    return failure;
}

int set_parameters(char *text, size_t length, uint32_t *done) {
    *done = 0;
    if (length && text[length - 1]) return EPROTO;
    for (char *next, *end = text + length; text < end; text = next) {
        next = text + strlen(text) + 1;
        char *value = strchr(text, '=');
        if (!value) return EPROTO;
        *value++ = 0;
        int failure = set(text, value);
        if (failure) return failure;
        ++*done;
    }
    return 0;
}
