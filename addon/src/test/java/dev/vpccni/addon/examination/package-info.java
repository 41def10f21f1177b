/** What the doctor reads. */
package dev.vpccni.addon.examination;
