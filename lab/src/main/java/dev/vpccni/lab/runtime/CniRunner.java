package dev.vpccni.lab.runtime;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Executes a network configuration list as libcni does, which containerd and CRI-O are built on:
 * the plugins of the list in order, each given the result of the one before; DEL in reverse order
 * with the cached result of ADD; {@code runtimeConfig} only for capabilities that a plugin
 * declares; CHECK from version 0.4.0 on, GC and STATUS from 1.1.0 on.
 *
 * <p>Safe for many threads, as long as each attachment is used by one at a time.
 */
public final class CniRunner {

    private final PluginHost host;
    private final NetworkList list;
    private final ResultCache cache;

    /**
     * @param results the folder of cached results, made when the first one is stored
     */
    public CniRunner(PluginHost host, NetworkList list, Path results) {
        this.host = host;
        this.list = list;
        this.cache = new ResultCache(results);
    }

    /**
     * Connects a container.
     *
     * @return the result of the last plugin
     * @throws PluginException if a plugin refused: then nothing is cached, and what plugins before
     *     it did remains until {@link #del}
     */
    public Map<String, @Nullable Object> add(ContainerAttachment attachment) throws IOException {
        Map<String, @Nullable Object> result = null;
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            String said = call("ADD", plugin, attachment, result, Map.of());
            result = result(plugin, said);
        }
        if (result == null) {
            throw new IOException("the list " + list.name() + " names no plugin");
        }
        cache.put(list, attachment, result);
        return result;
    }

    /**
     * Disconnects a container; one that is not connected is not missed.
     *
     * @throws PluginException if a plugin refused: what comes before it in the list was not asked
     */
    public void del(ContainerAttachment attachment) throws IOException {
        ResultCache.Entry cached =
                list.version().atLeast(ListVersion.WITH_CHECK)
                        ? cache.find(list, attachment)
                        : null;
        for (Map<String, @Nullable Object> plugin : list.plugins().reversed()) {
            call("DEL", plugin, attachment, cached == null ? null : cached.result(), Map.of());
        }
        cache.forget(list, attachment);
    }

    /**
     * Has every plugin check that a container is connected as ADD left it.
     *
     * @return false if the list says that it is not to be checked
     * @throws PluginException if a plugin found something else
     */
    public boolean check(ContainerAttachment attachment) throws IOException {
        require(ListVersion.WITH_CHECK, "CHECK");
        if (list.disableCheck()) {
            return false;
        }
        ResultCache.Entry cached = cache.find(list, attachment);
        if (cached == null) {
            throw new IOException("no cached result of " + attachment.container());
        }
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            call("CHECK", plugin, attachment, cached.result(), Map.of());
        }
        return true;
    }

    /**
     * Removes every attachment but {@code valid} ones: those that are cached by DEL, and then
     * whatever else the plugins know of.
     */
    public void gc(Collection<ContainerAttachment> valid) throws IOException {
        var keep = new ArrayList<Map<String, String>>();
        for (ContainerAttachment attachment : valid) {
            keep.add(identity(attachment));
        }
        for (ResultCache.Entry entry : cache.all(list)) {
            if (!keep.contains(identity(entry.attachment()))) {
                del(entry.attachment());
            }
        }
        if (list.version().atLeast(ListVersion.WITH_STATUS) && !list.disableGc()) {
            for (Map<String, @Nullable Object> plugin : list.plugins()) {
                call("GC", plugin, null, null, Map.of("cni.dev/valid-attachments", keep));
            }
        }
    }

    /**
     * Asks every plugin whether it can serve an ADD.
     *
     * @throws PluginException with the reason if one cannot
     */
    public void status() throws IOException {
        require(ListVersion.WITH_STATUS, "STATUS");
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            call("STATUS", plugin, null, null, Map.of());
        }
    }

    /** Returns the versions that each plugin says it knows, by plugin. */
    public Map<String, List<String>> versions() throws IOException {
        var versions = new LinkedHashMap<String, List<String>>();
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            String type = type(plugin);
            String said =
                    run(
                            "VERSION",
                            type,
                            new ContainerAttachment("dummy", "dummy", "dummy", "", new TreeMap<>()),
                            Json.compact(Map.of("cniVersion", list.version().text())));
            try {
                versions.put(type, JsonObject.parse(said).strings("supportedVersions"));
            } catch (JsonException e) {
                throw new IOException(type + ": " + e.getMessage(), e);
            }
        }
        return versions;
    }

    private void require(ListVersion version, String verb) throws IOException {
        if (!list.version().atLeast(version)) {
            throw new IOException(
                    "configuration version " + list.version().text() + " does not know " + verb);
        }
    }

    private String call(
            String verb,
            Map<String, @Nullable Object> plugin,
            @Nullable ContainerAttachment attachment,
            @Nullable Map<String, @Nullable Object> previous,
            Map<String, ?> more)
            throws IOException {
        var config = new TreeMap<String, @Nullable Object>(plugin);
        config.put("name", list.name());
        config.put("cniVersion", list.version().text());
        config.putAll(more);
        if (previous != null && list.version().atLeast(ListVersion.WITH_CHAINS)) {
            config.put("prevResult", previous);
        }
        if (attachment != null) {
            var offered = runtimeConfig(plugin, attachment);
            if (!offered.isEmpty()) {
                config.put("runtimeConfig", offered);
            }
        }
        return run(verb, type(plugin), attachment, Json.compact(config));
    }

    private String run(
            String verb, String type, @Nullable ContainerAttachment attachment, String input)
            throws IOException {
        var environment = new TreeMap<String, String>();
        environment.put("PATH", Program.PATH);
        environment.put("CNI_COMMAND", verb);
        environment.put("CNI_PATH", host.path());
        environment.put("CNI_CONTAINERID", attachment == null ? "" : attachment.container());
        environment.put("CNI_NETNS", attachment == null ? "" : attachment.namespace());
        environment.put("CNI_IFNAME", attachment == null ? "" : attachment.device());
        environment.put("CNI_ARGS", attachment == null ? "" : attachment.arguments());
        Program.Ended ended = host.run(type, environment, input);
        if (ended.status() != 0) {
            throw PluginException.of(type, verb, ended);
        }
        return ended.output();
    }

    private Map<String, @Nullable Object> result(Map<String, @Nullable Object> plugin, String said)
            throws IOException {
        try {
            JsonObject object = JsonObject.parse(said);
            var result = new TreeMap<String, @Nullable Object>();
            for (String name : object.names()) {
                result.put(name, object.value(name));
            }
            result.put("cniVersion", list.version().text());
            return result;
        } catch (JsonException e) {
            throw new IOException("result of " + type(plugin) + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> runtimeConfig(
            Map<String, @Nullable Object> plugin, ContainerAttachment attachment) {
        var offered = new TreeMap<String, @Nullable Object>();
        if (plugin.get("capabilities") instanceof Map<?, ?> declared) {
            attachment
                    .capabilities()
                    .forEach((name, value) -> {
                        if (Boolean.TRUE.equals(declared.get(name))) {
                            offered.put(name, value);
                        }
                    });
        }
        return offered;
    }

    private static Map<String, String> identity(ContainerAttachment attachment) {
        var identity = new TreeMap<String, String>();
        identity.put("containerID", attachment.container());
        identity.put("ifname", attachment.device());
        return identity;
    }

    private static String type(Map<String, @Nullable Object> plugin) {
        return String.valueOf(plugin.get("type"));
    }
}
