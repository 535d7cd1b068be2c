/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import java.util.Locale;

/** What a node of a cluster does. */
public enum Role {
    /** Has partitions of segments, and serves the store's protocol. */
    STORE,
    /** Has partitions of streams, and serves the controller's protocol. */
    CONTROLLER,
    /** Serves administration and events over HTTP and WebSockets. */
    GATEWAY;

    /** As settings and the cluster's nodes in ZooKeeper have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
