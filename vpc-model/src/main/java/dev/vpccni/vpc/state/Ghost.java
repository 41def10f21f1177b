package dev.vpccni.vpc.state;

import java.time.Instant;

/**
 * An interface that metadata still shows, as it was when its detach began.
 *
 * @param eni with the attachment of that time
 * @param until when metadata ceases to show it
 */
public record Ghost(Eni eni, EniAttachment attachment, Instant until) {}
