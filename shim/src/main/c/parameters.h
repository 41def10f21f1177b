/* What the daemon has set inside the pod's namespace; docs/shim-protocol.md. */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sets kernel parameters of the network namespace that this thread is in: length bytes of
 * NAME=VALUE, each with a final zero, the names below /proc/sys and beginning with "net/". Those
 * that the kernel does not have are passed over. Returns 0, or the errno of the first that failed;
 * done is how many came before it. EPROTO is for what is no such text.
 */
int set_parameters(char *text, size_t length, uint32_t *done);

#endif
