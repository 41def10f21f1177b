/** What a cloud is made with: how late it is, and how it chooses. */
@NullMarked
package dev.vpccni.vpc.settings;

import org.jspecify.annotations.NullMarked;
