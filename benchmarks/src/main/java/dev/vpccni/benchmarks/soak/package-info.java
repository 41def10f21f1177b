/**
 * Many minutes of pods that come and go on two nodes, while their daemons are killed, EC2 goes away
 * and callers mean no good; and then: is everything as it was, and did any packet get lost?
 */
@NullMarked
package dev.vpccni.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
