/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.jspecify.annotations.Nullable;

/** Hadoop's own settings: what the site says, and in place of the defaults that would block a worker for minutes. */
final class Settings {
    private static final Map<String, String> INSTEAD_OF_DEFAULTS = Map.of(
            "ipc.client.connect.timeout", "5000",
            "ipc.client.connect.max.retries", "2",
            "ipc.client.connect.max.retries.on.timeouts", "2",
            // The end of a file or block waits for the data node's report, which comes at once: not for 400 ms each
            // time.
            "dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10",
            "dfs.client.block.write.locateFollowingBlock.retries", "11");

    private Settings() {}

    /** @param directory with core-site.xml and hdfs-site.xml, either of which may be missing */
    static Configuration load(@Nullable Path directory) {
        Configuration configuration = new HdfsConfiguration();
        if (directory != null) {
            boolean core = addIfThere(configuration, directory.resolve("core-site.xml"));
            boolean hdfs = addIfThere(configuration, directory.resolve("hdfs-site.xml"));
            if (!core && !hdfs) {
                throw new StorageException(
                        Kind.BAD_REQUEST,
                        directory
                                + " has neither core-site.xml nor hdfs-site.xml; name Hadoop's configuration directory");
            }
        }
        INSTEAD_OF_DEFAULTS.forEach((name, value) -> {
            if (isDefault(configuration, name)) {
                configuration.set(name, value);
            }
        });
        // The storage closes its client itself; Hadoop's shutdown hook would do so before the last writes.
        configuration.setBoolean("fs.automatic.close", false);
        return configuration;
    }

    private static boolean addIfThere(Configuration configuration, Path file) {
        boolean found = Files.isReadable(file);
        if (found) {
            configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
        }
        return found;
    }

    private static boolean isDefault(Configuration configuration, String name) {
        String[] sources = configuration.getPropertySources(name);
        return sources == null || sources.length == 0 || sources[sources.length - 1].endsWith("-default.xml");
    }
}
