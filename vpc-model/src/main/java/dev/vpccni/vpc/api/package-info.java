/** What is asked of EC2 and what it answers, as values. */
@NullMarked
package dev.vpccni.vpc.api;

import org.jspecify.annotations.NullMarked;
