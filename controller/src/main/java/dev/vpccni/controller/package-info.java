/** Trunks and branch interfaces for the pods of a cluster that no managed controller serves. */
@NullMarked
package dev.vpccni.controller;

import org.jspecify.annotations.NullMarked;
