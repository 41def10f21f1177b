/** What goes wrong between a client and EC2, as values: faults on purpose, and request limits. */
@NullMarked
package dev.vpccni.vpc.fault;

import org.jspecify.annotations.NullMarked;
