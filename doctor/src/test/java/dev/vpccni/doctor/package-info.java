@NullMarked
package dev.vpccni.doctor;

import org.jspecify.annotations.NullMarked;
