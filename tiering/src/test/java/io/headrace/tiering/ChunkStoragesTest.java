/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChunkStoragesTest {
    @TempDir
    Path temporary;

    @Test
    void addressesOfAllKindsAreOpened() throws Exception {
        Path configuration = Files.createDirectory(temporary.resolve("conf"));
        Files.writeString(configuration.resolve("core-site.xml"), "<configuration/>");
        for (String address : new String[] {
            temporary.resolve("a").toUri().toString(),
            "file:" + temporary.resolve("a"),
            "file://localhost" + temporary.resolve("b"),
            "hdfs://127.0.0.1:1/headrace",
            "hdfs://127.0.0.1:1/headrace/deep?conf=" + configuration,
            "s3://bucket?region=eu-west-1",
            "s3://bucket/some/prefix/?region=eu-west-1&path-style=true",
            "s3://bucket/prefix?endpoint=http://127.0.0.1:1",
            "S3://bucket/prefix?endpoint=https%3A%2F%2F127.0.0.1%3A1&path-style=false"
        }) {
            try (ChunkStorage storage = ChunkStorages.open(URI.create(address))) {
                assertThat(storage.traits().minimumWriteBytes()).as(address).isPositive();
            }
        }
    }

    @Test
    void wrongAddressesAreExplained() throws Exception {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertExplained("/var/lib/chunks", "must begin with file:, hdfs: or s3:");
        assertExplained("ftp://host/path", "must begin with file:, hdfs: or s3:");
        assertExplained("file://host/path", "three slashes");
        assertExplained("file:relative", "begins with /");
        assertExplained("file:///tmp/x?workers=3", "\"workers\"; there are none");
        assertExplained("hdfs:///headrace", "hdfs://namenode:8020/headrace");
        assertExplained("hdfs://namenode:8020", "hdfs://namenode:8020/headrace");
        assertExplained("hdfs://namenode:8020/", "hdfs://namenode:8020/headrace");
        assertExplained("hdfs://namenode:8020/a?user=me", "known are, with a value: conf");
        assertExplained("hdfs://127.0.0.1:1/a?conf=" + empty, "neither core-site.xml nor hdfs-site.xml");
        assertExplained("hdfs://no-such-name-service/a", "Hadoop's configuration if it is a name service");
        assertExplained("s3:bucket", "s3://bucket/prefix");
        assertExplained("s3://bucket?endpoint=127.0.0.1:9000", "http://host:port");
        assertExplained("s3://bucket?endpoint=ftp://host", "http://host:port");
        assertExplained("s3://bucket?path-style=maybe", "true or false");
        assertExplained("s3://bucket?region", "known are, with a value: endpoint, path-style, region");
    }

    private static void assertExplained(String address, String explanation) {
        assertThatThrownBy(() -> ChunkStorages.open(URI.create(address)).close())
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(StorageException.Kind.BAD_REQUEST))
                .hasMessageContaining(explanation);
    }
}
