/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/**
 * What is decided once, when a data directory is first used, and holds for as long as it exists.
 *
 * @param segmentsPartitions partitions that store segments
 * @param streamsPartitions partitions that store scopes and streams
 */
record ClusterFile(int segmentsPartitions, int streamsPartitions) {
    static final String NAME = "cluster.properties";
    private static final String FORMAT = "1";

    /**
     * Reads the file, or writes it if the directory is new.
     *
     * @param directory in use by this process only
     * @throws StartException if the file is damaged, or says something else than what has been set explicitly
     */
    static ClusterFile readOrCreate(Path directory, Settings settings) throws IOException {
        Path file = directory.resolve(NAME);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            ClusterFile created = new ClusterFile(
                    settings.get(Settings.SEGMENTS_PARTITIONS), settings.get(Settings.STREAMS_PARTITIONS));
            created.write(file);
            return created;
        } catch (IllegalArgumentException e) {
            throw damaged(file, "format", properties); // a broken escape sequence
        }
        if (!FORMAT.equals(properties.getProperty("format"))) {
            throw damaged(file, "format", properties);
        }
        return new ClusterFile(
                number(file, properties, Settings.SEGMENTS_PARTITIONS, settings),
                number(file, properties, Settings.STREAMS_PARTITIONS, settings));
    }

    private static int number(Path file, Properties properties, Setting<Integer> setting, Settings settings) {
        int recorded;
        try {
            recorded = setting.parser().apply(properties.getProperty(setting.name(), ""));
        } catch (IllegalArgumentException e) {
            throw damaged(file, setting.name(), properties);
        }
        if (!settings.isDefault(setting) && settings.get(setting) != recorded) {
            throw new StartException(setting.name() + " is " + recorded + " in " + file.getParent()
                    + " and cannot be changed to " + settings.get(setting)
                    + ": leave the setting out, or use another data directory");
        }
        return recorded;
    }

    private static StartException damaged(Path file, String name, Properties properties) {
        return new StartException(file + " is damaged (" + name + "=" + properties.getProperty(name)
                + "): restore it from a backup; nothing has been changed");
    }

    /** Writes the file so that after a crash it is there whole or not at all. */
    private void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("format", FORMAT);
        properties.setProperty(Settings.SEGMENTS_PARTITIONS.name(), Integer.toString(segmentsPartitions));
        properties.setProperty(Settings.STREAMS_PARTITIONS.name(), Integer.toString(streamsPartitions));
        StringWriter text = new StringWriter();
        properties.store(text, "Written by Headrace when this directory was first used. Do not edit.");
        Path temporary = file.resolveSibling(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
