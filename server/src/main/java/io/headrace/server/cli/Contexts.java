/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers that have a name: a file of properties, {@code NAME.controller} and {@code NAME.http} for each, and {@code
 * current} for the one that is used when nothing else is said.
 */
final class Contexts {
    static final String CONTROLLER_VARIABLE = "HEADRACE_CONTROLLER";
    static final String HTTP_VARIABLE = "HEADRACE_HTTP";
    static final String CONTEXT_VARIABLE = "HEADRACE_CONTEXT";

    private static final String CURRENT = "current";
    private static final String CONTROLLER = ".controller";
    private static final String HTTP = ".http";

    private final Path file;
    private final Map<String, String> environment;

    private Contexts(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** Those of the user who runs the command. */
    static Contexts of(Console console) {
        Map<String, String> environment = console.environment();
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        String configuration = environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config");
        return new Contexts(Path.of(configuration, "headrace", "contexts"), environment);
    }

    /**
     * The server to talk to: what the command line says wins over the environment, that over the current context, that over a
     * server on this machine.
     */
    Context resolve(@Nullable String controllers, @Nullable String http, @Nullable String context) {
        Context base = base(controllers, context);
        String httpNow = http != null ? http : environment.getOrDefault(HTTP_VARIABLE, base.http());
        return new Context(base.name(), base.controllers(), httpNow);
    }

    private Context base(@Nullable String controllers, @Nullable String context) {
        if (controllers != null) {
            return new Context("", controllers, "");
        }
        if (context != null) {
            return get(context);
        }
        String fromEnvironment = environment.get(CONTROLLER_VARIABLE);
        if (fromEnvironment != null) {
            return new Context("", fromEnvironment, "");
        }
        String named = environment.get(CONTEXT_VARIABLE);
        return named != null ? get(named) : current().map(this::get).orElse(Context.HERE);
    }

    /** @throws CommandException if there is none of that name */
    Context get(String name) {
        Context context = all().get(name);
        if (context == null) {
            throw CommandException.failed("there is no context " + name
                    + Advice.nearest(name, List.copyOf(all().keySet())) + "; see headrace context list");
        }
        return context;
    }

    SortedMap<String, Context> all() {
        Properties properties = load();
        SortedMap<String, Context> all = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.endsWith(CONTROLLER)) {
                String name = key.substring(0, key.length() - CONTROLLER.length());
                all.put(name, new Context(name, properties.getProperty(key), properties.getProperty(name + HTTP, "")));
            }
        }
        return all;
    }

    Optional<String> current() {
        return Optional.ofNullable(load().getProperty(CURRENT));
    }

    /** Adds a context, or changes it; the first one is used from then on. */
    void put(Context context) {
        Properties properties = load();
        properties.setProperty(context.name() + CONTROLLER, context.controllers());
        properties.setProperty(context.name() + HTTP, context.http());
        properties.putIfAbsent(CURRENT, context.name());
        store(properties);
    }

    void use(String name) {
        Properties properties = load();
        properties.setProperty(CURRENT, get(name).name());
        store(properties);
    }

    void remove(String name) {
        Context context = get(name);
        Properties properties = load();
        properties.remove(context.name() + CONTROLLER);
        properties.remove(context.name() + HTTP);
        if (name.equals(properties.getProperty(CURRENT))) {
            properties.remove(CURRENT);
        }
        store(properties);
    }

    private Properties load() {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw CommandException.failed(
                        file + " cannot be read (" + e.getMessage() + "): correct it, or delete it");
            }
        }
        return properties;
    }

    /** As a whole or not at all. */
    private void store(Properties properties) {
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            Path next = Files.createTempFile(directory, "contexts", ".new");
            try (Writer writer = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
                properties.store(writer, "Servers that headrace knows by name; see headrace context --help");
            }
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw CommandException.failed(file + " cannot be written: " + e.getMessage());
        }
    }
}
