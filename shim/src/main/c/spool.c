#define _GNU_SOURCE
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERFACE_MAX 15
#define CONTAINER_MAX 185 /* leaves room in NAME_MAX for the rest of a temporary name */
#define ENTRIES_MAX 10000 /* a node has some hundred pods */
#define BYTES_MAX (64 * 1024 * 1024) /* the folder is on a file system in memory, as a rule */

int write_all(int fd, const char *from, size_t length) {
    while (length) {
        ssize_t n = write(fd, from, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        from += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Writes an interface's name of at most INTERFACE_MAX bytes in letters that any locale can read. */
static void escape(char *to, const char *from) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-";
    for (; *from; from++)
        to += sprintf(to, strchr(plain, *from) ? "%c" : "%%%02x", (unsigned char)*from);
}

/* Returns 0 if there is room for length bytes more, or -1 with errno. */
static int check_room(const char *directory, size_t length) {
    DIR *folder = opendir(directory);
    if (!folder) return -1;
    size_t entries = 0, bytes = length;
    struct dirent *entry;
    while ((entry = readdir(folder)) && entries <= ENTRIES_MAX && bytes <= BYTES_MAX) {
        struct stat file;
        if (fstatat(dirfd(folder), entry->d_name, &file, AT_SYMLINK_NOFOLLOW)) continue;
        entries++;
        if (S_ISREG(file.st_mode)) bytes += (size_t)file.st_size;
    }
    closedir(folder);
    errno = EDQUOT;
    return entries > ENTRIES_MAX || bytes > BYTES_MAX ? -1 : 0;
}

static int make_folders(const char *directory) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", directory);
    char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = 0;
        mkdir(path, 0755); /* where that fails, the next one does and says why */
    }
    return mkdir(directory, 0700) && errno != EEXIST ? -1 : 0;
}

int spool_keep(const char *directory, const char *container, const char *interface,
               const char *suffix, const char *frame, size_t length) {
    char path[PATH_MAX], temporary[PATH_MAX], name[3 * INTERFACE_MAX + 1] = "";
    errno = ENAMETOOLONG;
    if (strlen(container) > CONTAINER_MAX || strlen(interface) > INTERFACE_MAX ||
        strlen(directory) > PATH_MAX - NAME_MAX - 2) return -1;
    escape(name, interface);
    if (make_folders(directory) || check_room(directory, length)) return -1;
    /* No container identifier has an '@', so no two attachments share a name. */
    snprintf(path, sizeof path, "%s/%s@%s%s", directory, container, name, suffix);
    snprintf(temporary, sizeof temporary, "%s/.%s@%s%s.%ld", directory, container, name, suffix,
             (long)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    if (folder < 0 || write_all(fd, frame, length) || fsync(fd) || rename(temporary, path) ||
        fsync(folder)) {
        int reason = errno;
        unlink(temporary);
        errno = reason;
        return -1;
    }
    return 0;
}
