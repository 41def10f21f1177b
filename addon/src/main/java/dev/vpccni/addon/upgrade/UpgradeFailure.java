package dev.vpccni.addon.upgrade;

import java.io.Serial;

/** An upgrade does not go on, and why. */
final class UpgradeFailure extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    UpgradeFailure(String message) {
        super(message);
    }
}
