/** What a cloud holds from one request to the next. */
@NullMarked
package dev.vpccni.vpc.state;

import org.jspecify.annotations.NullMarked;
