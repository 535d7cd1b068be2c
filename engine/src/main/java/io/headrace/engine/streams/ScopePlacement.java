/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/** Which {@code streams} partition has a scope. Part of the durable layout of a cluster: never changes. */
public final class ScopePlacement {

    private ScopePlacement() {}

    /**
     * The partition of a scope.
     *
     * @param partitions number of {@code streams} partitions of the cluster, at least 1
     * @return 0 to {@code partitions - 1}
     */
    public static int partitionOf(String scope, int partitions) {
        // FNV-1a over UTF-16 code units, then a finalizer: String.hashCode spreads short similar names too little.
        int hash = 0x811C9DC5;
        for (int i = 0; i < scope.length(); i++) {
            hash = (hash ^ scope.charAt(i)) * 0x01000193;
        }
        hash ^= hash >>> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >>> 13;
        return Math.floorMod(hash, partitions);
    }
}
