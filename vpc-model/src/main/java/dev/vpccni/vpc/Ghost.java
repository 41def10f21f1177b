package dev.vpccni.vpc;

import java.time.Instant;

/**
 * An interface that metadata still shows, as it was when its detach began.
 *
 * @param eni with the attachment of that time
 */
record Ghost(Eni eni, EniAttachment attachment, Instant until) {}
