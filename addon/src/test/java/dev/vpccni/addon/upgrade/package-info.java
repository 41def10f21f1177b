/** Another image for daemons. */
package dev.vpccni.addon.upgrade;
