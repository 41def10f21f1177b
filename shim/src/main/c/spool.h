/* The folder in which a DEL is kept that no daemon took; docs/shim-protocol.md. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>

/*
 * Keeps a request for the daemon, in place of what was kept for the same attachment
 * under the same suffix, which begins with a byte that names of interfaces are escaped to not have.
 * Returns 0 once
 * it survives a crash, or -1 with errno: EDQUOT where the folder holds as much as it may.
 */
int spool_keep(const char *directory, const char *container, const char *interface,
               const char *suffix, const char *frame, size_t length);

/* Writes all of it. Returns 0, or -1 with errno. */
int write_all(int fd, const char *from, size_t length);

#endif
