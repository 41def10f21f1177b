package dev.vpccni.doctor.cluster.seen;

/**
 * A webhook that the API server asks.
 *
 * @param kind {@code validatingwebhookconfiguration} or {@code mutatingwebhookconfiguration}
 * @param configuration the object that has it
 * @param name of the webhook
 * @param required whether what it does not answer is refused
 * @param ofPods whether it is asked when a pod is made
 * @param ofSystem whether it is asked for the daemon's namespace
 * @param service namespace and name; empty where it is a URL
 * @param served whether somebody is there to answer; true where nobody knows
 */
public record SeenWebhook(
        String kind,
        String configuration,
        String name,
        boolean required,
        boolean ofPods,
        boolean ofSystem,
        String service,
        boolean served) {}
