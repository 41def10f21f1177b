@NullMarked
package dev.vpccni.host.examination;

import org.jspecify.annotations.NullMarked;
