package dev.vpccni.doctor.snapshot;

import dev.vpccni.model.Cidr;

/**
 * A route.
 *
 * @param link the number of the link that it leaves by; 0 if there is none
 * @param metric of equal destinations the lowest wins
 */
public record SeenRoute(Cidr destination, int table, int link, long metric) {}
