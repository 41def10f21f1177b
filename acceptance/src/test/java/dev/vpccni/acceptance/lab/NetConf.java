package dev.vpccni.acceptance.lab;

/** The configuration that the plugin gets on standard input, as text. */
public final class NetConf {

    private NetConf() {}

    /** Returns what a runtime makes of the shipped list, in a version of the specification. */
    public static String of(String version) {
        return with(version, "");
    }

    /** Returns the same for a verb that comes after an ADD. */
    public static String after(String version, String result) {
        return with(version, ",\"prevResult\":" + result);
    }

    /** Returns the same for a GC, where {@code attachments} is a list in JSON. */
    public static String valid(String attachments) {
        return with("1.1.0", ",\"cni.dev/valid-attachments\":" + attachments);
    }

    /**
     * Returns the same for a pod with an annotation whose text, as JSON has it, is {@code value}.
     */
    public static String annotated(String value) {
        return with(
                "1.0.0",
                ",\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":{\"note\":\""
                        + value
                        + "\"}}");
    }

    /** Returns the configuration with one field replaced, as JSON. */
    public static String field(String name, String value) {
        return of("1.0.0").replaceAll("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + value);
    }

    private static String with(String version, String more) {
        return """
        {"cniVersion":"%s","name":"aws-cni","type":"aws-cni","vethPrefix":"eni",\
        "mtu":"9001","podSGEnforcingMode":"strict",\
        "pluginLogFile":"/var/log/aws-routed-eni/plugin.log","pluginLogLevel":"DEBUG"%s}
        """
                .formatted(version, more);
    }
}
