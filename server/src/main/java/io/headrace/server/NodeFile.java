/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * Which node of which cluster a data directory belongs to. What else is in the directory can be lost: all data is on the
 * bookies and in long-term storage.
 *
 * @param cluster id of the cluster
 * @param node name of the node
 */
record NodeFile(String cluster, String node) {
    static final String NAME = "node.properties";

    /**
     * Reads the file, or writes it if the directory is new.
     *
     * @param cluster id of the cluster that has been found
     * @throws StartException if the directory belongs to another cluster or another node
     */
    static NodeFile readOrCreate(Path directory, Settings settings, String cluster) throws IOException {
        Path file = directory.resolve(NAME);
        Optional<String> wanted = settings.get(Settings.NODE);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            NodeFile created = new NodeFile(cluster, wanted.orElseGet(NodeFile::madeUp));
            created.write(file);
            return created;
        }
        NodeFile found = new NodeFile(properties.getProperty("cluster", ""), properties.getProperty("node", ""));
        if (!found.cluster.equals(cluster)) {
            throw new StartException(
                    "the data directory " + directory + " belongs to a node of cluster " + found.cluster
                            + ", and the ZooKeeper at "
                            + settings.get(Settings.ZOOKEEPER).orElse("") + " has cluster " + cluster
                            + ": correct --" + Settings.ZOOKEEPER.name() + ", or use another directory");
        }
        if (!wanted.orElse(found.node).equals(found.node)) {
            throw new StartException("the data directory " + directory + " belongs to node " + found.node + ", not "
                    + wanted.get() + ": leave --" + Settings.NODE.name() + " out, or use another directory");
        }
        return found;
    }

    private static String madeUp() {
        return "node-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Nothing depends on its surviving a loss of power: without it the directory is that of a new node. */
    private void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("cluster", cluster);
        properties.setProperty("node", node);
        StringWriter text = new StringWriter();
        properties.store(text, "Written by Headrace when this directory was first used. Do not edit.");
        Path temporary = file.resolveSibling(NAME + ".new");
        Files.writeString(temporary, text.toString());
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
