/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import io.headrace.server.doctor.Doctor;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One file with all that somebody who is to help needs to see of a server, and nothing that is in its streams. What cannot be
 * had is told in place of it.
 */
public final class Bundle {
    private static final int MILLIS = 30_000;
    private static final int MOST_BYTES = 32 << 20;
    private static final int MOST_LOG_BYTES = 4 << 20;

    private static final String ABOUT = """
            What is known of a Headrace server. Nothing in here is from a stream or a table, but names of scopes and
            streams may occur in logs and file names. Passwords, keys and tokens have been replaced by ***.

            settings.properties   as they are where this was made, with the same options
            environment.txt       variables whose names begin with HEADRACE_
            health.json           /health of the server
            metrics.txt           /metrics of the server, all numbers
            process.json          version, JVM and system of the server
            threads.txt           stacks of all its threads
            heap.txt              how full its heap is, and of what
            here.json             version, JVM and system of what has made this
            doctor.txt            what headrace doctor finds
            data-directory.txt    names and sizes of the files in the data directory
            server.log            end of the log, if it was said where that is
            """;

    /**
     * Where to look.
     *
     * @param controller of the server
     * @param http its HTTP port
     * @param log file to which its standard error goes; null if that is not known
     */
    public record Sources(
            Endpoint controller, Endpoint http, @Nullable Path log) {}

    /** Makes a text. */
    private interface Part {
        String text() throws IOException, InterruptedException;
    }

    private final String version;
    private final Settings settings;
    private final Map<String, String> environment;
    private final Sources sources;
    private final List<String> missing = new ArrayList<>();

    /** @param version of this program */
    public Bundle(String version, Settings settings, Map<String, String> environment, Sources sources) {
        this.version = version;
        this.settings = settings;
        this.environment = new TreeMap<>(environment);
        this.sources = sources;
    }

    /**
     * Writes it into a new file.
     *
     * @return what is not in it, and why
     * @throws IOException if the file is there, or cannot be written
     */
    public List<String> write(Path file) throws IOException, InterruptedException {
        try (OutputStream out = create(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, "README.txt", () -> ABOUT);
            put(zip, "settings.properties", this::settings);
            put(zip, "environment.txt", this::environment);
            boolean answers = put(zip, "health.json", () -> get("/health"));
            put(zip, "metrics.txt", () -> get("/metrics"));
            put(zip, "process.json", () -> get("/debug/process"));
            put(zip, "threads.txt", () -> get("/debug/threads"));
            put(zip, "heap.txt", () -> get("/debug/heap"));
            put(zip, "here.json", () -> Diagnosis.process(version).encodePrettily() + "\n");
            // With a server there, that is what matters; without one, why none comes up.
            Optional<Endpoint> examined = answers ? Optional.of(sources.controller) : Optional.empty();
            put(zip, "doctor.txt", () -> new Doctor(settings).examine(examined).toTable());
            put(zip, "data-directory.txt", () -> DirectoryListing.of(settings.get(Settings.DATA)));
            put(zip, "server.log", this::log);
        }
        return List.copyOf(missing);
    }

    /** Others on this machine are not to read it. */
    private static OutputStream create(Path file) throws IOException {
        try {
            return Channels.newOutputStream(Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        } catch (FileAlreadyExistsException e) {
            throw new IOException("there is a file " + file + " already", e);
        }
    }

    /** Adds a file; one that says why there is none if the text cannot be had, and false then. */
    private boolean put(ZipOutputStream zip, String name, Part part) throws IOException, InterruptedException {
        String text;
        boolean isThere = true;
        try {
            text = part.text();
        } catch (NoSuchFileException e) {
            isThere = false;
            text = "there is no " + e.getMessage();
        } catch (IOException | RuntimeException e) {
            isThere = false;
            text = String.valueOf(e.getMessage());
        }
        if (!isThere) {
            missing.add(name + ": " + text);
        }
        zip.putNextEntry(new ZipEntry(isThere ? name : name + ".missing"));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
        return isThere;
    }

    private String settings() {
        return Settings.ALL.stream().map(this::line).collect(Collectors.joining());
    }

    private String line(Setting<?> setting) {
        return (settings.isDefault(setting) ? "#" : "") + setting.name() + "="
                + Secrets.masked(setting.name(), settings.text(setting)) + "\n";
    }

    private String environment() {
        return environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("HEADRACE_"))
                .map(variable ->
                        variable.getKey() + "=" + Secrets.masked(variable.getKey(), variable.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    private String get(String path) throws IOException {
        URI uri = URI.create("http://" + sources.http + path);
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(MILLIS);
            connection.setReadTimeout(MILLIS);
            int status = connection.getResponseCode();
            // A server that is not ready answers with 503, and all that it knows.
            boolean isAnswer = status == 200 || (status == 503 && path.equals("/health"));
            InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            String text = body == null ? "" : new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            if (!isAnswer) {
                throw new IOException(uri + " answers " + status + ": " + text);
            }
            return Secrets.masked(text);
        } catch (IOException e) {
            throw new IOException("nothing comes from " + uri + " (" + e.getMessage() + ")", e);
        }
    }

    private String log() throws IOException {
        if (sources.log == null) {
            throw new IOException("the log goes to standard error of the server: say with --log FILE where that went");
        }
        try (RandomAccessFile file = new RandomAccessFile(sources.log.toFile(), "r")) {
            int bytes = (int) Math.min(MOST_LOG_BYTES, file.length());
            byte[] end = new byte[bytes];
            file.seek(file.length() - bytes);
            file.readFully(end);
            return new String(end, StandardCharsets.UTF_8)
                    .lines()
                    .map(Secrets::masked)
                    .collect(Collectors.joining("\n", "", "\n"));
        }
    }
}
