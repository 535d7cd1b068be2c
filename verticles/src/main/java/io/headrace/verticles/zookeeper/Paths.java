/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

/** Where a cluster's nodes are in ZooKeeper. */
final class Paths {
    static final String ROOT = "/headrace";

    /** What has been decided for good. */
    static final String FACTS = ROOT + "/cluster";

    /** One ephemeral node for each that lives. */
    static final String NODES = ROOT + "/nodes";

    /** One ephemeral node for each partition that somebody has. */
    static final String OWNERS = ROOT + "/owners";

    /** Addresses at which nodes may be found by each other, of those, too, that have ended. */
    static final String MEMBERS = ROOT + "/members";

    /** One ephemeral node for each that lives, with what it has noticed. */
    static final String REPORTS = ROOT + "/reports";

    private Paths() {}

    static String node(String id) {
        return NODES + "/" + id;
    }

    static String report(String id) {
        return REPORTS + "/" + id;
    }

    static String owner(String partition) {
        return OWNERS + "/" + partition;
    }

    /** The last part of a path. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
