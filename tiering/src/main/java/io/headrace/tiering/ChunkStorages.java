/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.file.FileChunkStorage;
import io.headrace.tiering.hdfs.HdfsChunkStorage;
import io.headrace.tiering.s3.S3ChunkStorage;
import io.headrace.tiering.s3.S3Location;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens a storage by its address:
 *
 * <pre>
 * file:///var/lib/headrace/chunks
 *     a directory of the local file system or of NFS
 * hdfs://namenode:8020/headrace[?conf=/etc/hadoop/conf]
 *     a directory of HDFS; conf: Hadoop's configuration directory, $HADOOP_CONF_DIR if it is not given
 * s3://bucket[/prefix][?region=eu-west-1][&endpoint=http://127.0.0.1:9000][&path-style=true]
 *     a bucket; endpoint: of a server other than that of AWS; path-style: true by default if there is an endpoint
 * </pre>
 */
public final class ChunkStorages {
    private static final String CONF = "conf";
    private static final String REGION = "region";
    private static final String ENDPOINT = "endpoint";
    private static final String PATH_STYLE = "path-style";

    private ChunkStorages() {}

    /**
     * Opens a storage with the default bounds.
     *
     * @see #open(URI, StorageOptions)
     */
    public static ChunkStorage open(URI address) {
        return open(address, StorageOptions.DEFAULTS);
    }

    /**
     * Opens a storage. May block.
     *
     * @throws StorageException BAD_REQUEST if the address is wrong, UNAVAILABLE if a directory cannot be reached. HDFS and
     *     S3 are not asked before the first operation
     */
    public static ChunkStorage open(URI address, StorageOptions options) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "file" -> FileChunkStorage.open(directory(address), options);
            case "hdfs" -> hdfs(address, options);
            case "s3" -> S3ChunkStorage.open(location(address), options);
            default -> throw bad(address, "it must begin with file:, hdfs: or s3:");
        };
    }

    private static Path directory(URI address) {
        parameters(address, Set.of());
        String host = address.getAuthority();
        if (host != null && !host.equals("localhost")) {
            throw bad(address, "a file has no host; write file:///path with three slashes");
        }
        if (address.getPath() == null || !address.getPath().startsWith("/")) {
            throw bad(address, "the path of a directory begins with /, as in file:///var/lib/headrace");
        }
        return Path.of(address.getPath());
    }

    private static ChunkStorage hdfs(URI address, StorageOptions options) {
        Map<String, String> parameters = parameters(address, Set.of(CONF));
        String authority = address.getAuthority();
        String path = address.getPath();
        if (authority == null || path == null || path.length() < 2) {
            throw bad(address, "give a name node and a directory, as in hdfs://namenode:8020/headrace");
        }
        String conf = parameters.getOrDefault(CONF, System.getenv("HADOOP_CONF_DIR"));
        URI directory = URI.create("hdfs://" + authority + address.getRawPath());
        return HdfsChunkStorage.open(directory, conf == null ? null : Path.of(conf), options);
    }

    private static S3Location location(URI address) {
        Map<String, String> parameters = parameters(address, Set.of(REGION, ENDPOINT, PATH_STYLE));
        String bucket = address.getAuthority();
        if (bucket == null) {
            throw bad(address, "give a bucket, as in s3://bucket/prefix");
        }
        String path = address.getPath() == null ? "" : address.getPath();
        String prefix = path.replaceAll("^/+|/+$", "");
        URI endpoint = endpoint(address, parameters.get(ENDPOINT));
        String region = parameters.get(REGION);
        boolean pathStyle = flag(address, parameters.get(PATH_STYLE), endpoint != null);
        // Servers other than that of AWS do not care, but a request cannot be signed without a region.
        return new S3Location(
                bucket, prefix, endpoint, region == null && endpoint != null ? "us-east-1" : region, pathStyle);
    }

    private static @Nullable URI endpoint(URI address, @Nullable String endpoint) {
        if (endpoint == null) {
            return null;
        }
        String why = "its endpoint must look like http://host:port or https://host:port";
        try {
            URI parsed = URI.create(endpoint);
            if (parsed.getHost() != null && ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            throw bad(address, why + ": " + e.getMessage());
        }
        throw bad(address, why);
    }

    private static boolean flag(URI address, @Nullable String value, boolean otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw bad(address, PATH_STYLE + " is true or false, not " + value);
        }
        return value.equals("true");
    }

    private static Map<String, String> parameters(URI address, Set<String> known) {
        Map<String, String> parameters = new HashMap<>();
        String query = address.getRawQuery();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (equals < 0 || !known.contains(name)) {
                throw bad(
                        address,
                        "it has the parameter \"" + name + "\"; "
                                + (known.isEmpty() ? "there are none" : "known are, with a value: " + sorted(known)));
            }
            parameters.put(name, URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static String sorted(Set<String> names) {
        return String.join(", ", names.stream().sorted().toList());
    }

    private static StorageException bad(URI address, String why) {
        return new StorageException(Kind.BAD_REQUEST, "\"" + address + "\" is no address of a storage: " + why);
    }
}
