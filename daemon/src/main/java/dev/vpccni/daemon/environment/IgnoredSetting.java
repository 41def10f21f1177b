package dev.vpccni.daemon.environment;

/**
 * A variable whose value is not followed.
 *
 * @param variable such as {@code WARM_IP_TARGET}
 * @param value as it was given
 * @param reason what is wrong with it
 * @param used what holds instead
 */
public record IgnoredSetting(String variable, String value, String reason, String used) {

    /** Returns one line for an operator. */
    @Override
    public String toString() {
        return variable + "=\"" + value + "\" " + reason + ": " + used;
    }
}
