package dev.vpccni.controller;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;

/**
 * A node that may have branch interfaces.
 *
 * @param uid of its object
 * @param limit how many branches its instance may have, at least 1
 */
record TrunkNode(String name, String uid, InstanceId instance, InstanceType type, int limit) {}
