/** What breaks, and that it is said, survived and mended. */
@NullMarked
package dev.vpccni.acceptance.fault;

import org.jspecify.annotations.NullMarked;
