/** What is installed, kept. */
package dev.vpccni.addon;
