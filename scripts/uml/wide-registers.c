/*
 * Preloaded into Debian's linux.uml: its buffer of 2696 bytes for a process's registers is smaller
 * than what CPUs with AMX have, and PTRACE_SETREGSET(NT_X86_XSTATE) takes nothing but the whole.
 * The call is widened with what the process has there already.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define GETREGSET 0x4204
#define SETREGSET 0x4205
#define LAST_PEEK 3

static char whole[65536];

static long set_state(pid_t pid, void *set, const struct iovec *given) {
    struct iovec wide = {whole, sizeof whole};
    long result = syscall(SYS_ptrace, GETREGSET, pid, set, &wide);
    if (result != 0) {
        return result;
    }
    memcpy(whole, given->iov_base, given->iov_len < wide.iov_len ? given->iov_len : wide.iov_len);
    return syscall(SYS_ptrace, SETREGSET, pid, set, &wide);
}

long ptrace(enum __ptrace_request request, ...) {
    va_list arguments;
    va_start(arguments, request);
    pid_t pid = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    int number = (int)request;
    if (number == SETREGSET && (long)address == NT_X86_XSTATE) {
        return set_state(pid, address, data);
    }
    if (number >= PTRACE_PEEKTEXT && number <= LAST_PEEK) {
        long word = 0; /* the system call stores it, and the C library's function returns it */
        long result = syscall(SYS_ptrace, (long)request, pid, address, &word);
        if (result != 0) {
            return result;
        }
        errno = 0;
        return word;
    }
    return syscall(SYS_ptrace, (long)request, pid, address, data);
}
