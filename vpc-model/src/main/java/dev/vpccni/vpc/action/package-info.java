/** What each request does: it reads and changes a draft of the cloud, or is refused. */
@NullMarked
package dev.vpccni.vpc.action;

import org.jspecify.annotations.NullMarked;
