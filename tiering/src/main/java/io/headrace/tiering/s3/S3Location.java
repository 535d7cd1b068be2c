/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where chunks lie.
 *
 * @param prefix of the keys, empty or without {@code /} at its ends
 * @param endpoint of a server other than that of AWS, or null
 * @param region or null for the one that the environment says
 * @param pathStyle whether the bucket stands in the path of requests and not in the host name
 */
public record S3Location(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle) {

    /** The key of a chunk, or of the beginning of one. */
    String key(String path) {
        return prefix.isEmpty() ? path : prefix + "/" + path;
    }

    /** What {@link #key} was given, or null if the key does not lie here. */
    @Nullable
    String path(String key) {
        String start = key("");
        return key.startsWith(start) ? key.substring(start.length()) : null;
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix + (endpoint == null ? "" : " at " + endpoint);
    }
}
