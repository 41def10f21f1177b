/** Network interfaces in EC2: made, given addresses, put right, removed, and found when lost. */
@NullMarked
package dev.vpccni.node.eni;

import org.jspecify.annotations.NullMarked;
