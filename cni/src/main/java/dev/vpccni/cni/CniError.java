package dev.vpccni.cni;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that can be wrong with a verb, each with the code that tells a runtime what to do
 * about it.
 *
 * <p>Codes 1 to 11 and 50 are those of the CNI specification 1.1.0, section "Error"; code 8 is the
 * plugin library's; 999 is what upstream's plugin answers for all else.
 */
public sealed interface CniError {

    /** Returns the code of the CNI specification, or 999. */
    int code();

    /** Returns what is wrong, in one sentence that names the thing. */
    String message();

    /** Returns what can be done about it, or more of the reason; may be empty. */
    String details();

    /** Returns what is printed for the runtime, in the order in which it is printed. */
    default Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("code", (long) code());
        tree.put("msg", message());
        if (!details().isEmpty()) {
            tree.put("details", details());
        }
        return tree;
    }

    /** The configuration's {@code cniVersion} is none that is spoken here. */
    record UnknownVersion(String version) implements CniError {
        @Override
        public int code() {
            return 1;
        }

        @Override
        public String message() {
            return "incompatible CNI versions";
        }

        @Override
        public String details() {
            return "config is \"" + version + "\", plugin supports " + CniVersion.texts();
        }
    }

    /** The configuration's version has no such command. */
    record CommandNotAllowed(CniVersion version, CniCommand command) implements CniError {
        @Override
        public int code() {
            return 1;
        }

        @Override
        public String message() {
            return "config version does not allow " + command;
        }

        @Override
        public String details() {
            CniVersion needed = command == CniCommand.CHECK ? CniVersion.V0_4_0 : CniVersion.V1_1_0;
            return "cniVersion is \"" + version + "\"; " + command + " needs " + needed;
        }
    }

    /**
     * The container's network namespace is not there, or not what was handed over for it.
     *
     * @param reason what was found, as a phrase
     */
    record UnknownContainer(String path, String reason) implements CniError {
        @Override
        public int code() {
            return 3;
        }

        @Override
        public String message() {
            return "no network namespace at \"" + path + "\"";
        }

        @Override
        public String details() {
            return "CNI_NETNS must be the path of a network namespace that exists: " + reason;
        }
    }

    /** Variables are missing in the environment. */
    record MissingVariables(List<String> names) implements CniError {
        public MissingVariables {
            names = List.copyOf(names);
        }

        @Override
        public int code() {
            return 4;
        }

        @Override
        public String message() {
            return "required env variables [" + String.join(",", names) + "] missing";
        }

        @Override
        public String details() {
            return "";
        }
    }

    /**
     * A variable in the environment has a value that is not allowed.
     *
     * @param allowed what is, as a phrase
     */
    record InvalidVariable(String name, String value, String allowed) implements CniError {
        @Override
        public int code() {
            return 4;
        }

        @Override
        public String message() {
            return "invalid " + name + " \"" + value + "\"";
        }

        @Override
        public String details() {
            return "allowed: " + allowed;
        }
    }

    /** The disk failed. An ADD has changed nothing then, and a DEL may be made again. */
    record IoFailure(String step, String reason) implements CniError {
        @Override
        public int code() {
            return 5;
        }

        @Override
        public String message() {
            return step + " failed: " + reason;
        }

        @Override
        public String details() {
            return "see to the disk; the same request can be made again";
        }
    }

    /** The standard input is not JSON, or not an object. */
    record MalformedInput(String problem) implements CniError {
        @Override
        public int code() {
            return 6;
        }

        @Override
        public String message() {
            return "error unmarshall network config: " + problem;
        }

        @Override
        public String details() {
            return "the standard input must be one JSON object";
        }
    }

    /**
     * A field of the configuration has a type or value that is not allowed.
     *
     * @param field its path, such as {@code runtimeConfig.mtu}
     * @param value as it was given
     * @param allowed what is allowed, as a phrase
     */
    record InvalidConfiguration(String field, String value, String allowed) implements CniError {
        @Override
        public int code() {
            return 7;
        }

        @Override
        public String message() {
            return "network config: \"" + field + "\" is " + value;
        }

        @Override
        public String details() {
            return "allowed: " + allowed;
        }
    }

    /** The container's network namespace is the node's own. */
    record HostNamespace(String path) implements CniError {
        @Override
        public int code() {
            return 8;
        }

        @Override
        public String message() {
            return "plugin's netns and netns from CNI_NETNS should not be the same";
        }

        @Override
        public String details() {
            return "CNI_NETNS is \"" + path + "\"";
        }
    }

    /** It does not work now and may in a moment: the runtime should ask again. */
    record TryAgainLater(String reason, String remedy) implements CniError {
        @Override
        public int code() {
            return 11;
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public String details() {
            return remedy;
        }
    }

    /** The answer to STATUS when an ADD would not be served. */
    record NotAvailable(String reason, String remedy) implements CniError {
        @Override
        public int code() {
            return 50;
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public String details() {
            return remedy;
        }
    }

    /**
     * The answer to CHECK when the container is not connected as its result says.
     *
     * @param differences each names one thing that is off
     */
    record NotAsExpected(List<String> differences) implements CniError {
        public NotAsExpected {
            differences = List.copyOf(differences);
        }

        @Override
        public int code() {
            return 999;
        }

        @Override
        public String message() {
            return "the container is not connected as its result says";
        }

        @Override
        public String details() {
            return String.join("; ", differences);
        }
    }

    /** It failed, and asking again in the same words will not help by itself. */
    record Failed(String reason, String remedy) implements CniError {
        @Override
        public int code() {
            return 999;
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public String details() {
            return remedy;
        }
    }
}
