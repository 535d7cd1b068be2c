/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where nodes of a cluster may be found by each other, read anew each time: one that began first has to learn of those that came
 * later. While ZooKeeper does not answer, what was known last. Blocks; any thread may ask.
 */
public final class MemberList implements Supplier<Collection<String>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberList.class);

    private final String servers;
    private final int millis;
    private @Nullable ClusterAdmin admin;
    private Collection<String> known = List.of();
    private boolean closed;

    /**
     * A list that is read when it is asked for.
     *
     * @param servers of the ZooKeeper ensemble, as {@code host:port,host:port}
     * @param millis how long to wait for one of them
     */
    public MemberList(String servers, int millis) {
        this.servers = servers;
        this.millis = millis;
    }

    @Override
    public synchronized Collection<String> get() {
        try {
            if (!closed) {
                if (admin == null) {
                    admin = ClusterAdmin.connect(servers, millis);
                }
                known = List.copyOf(admin.members().values());
            }
        } catch (ClusterException e) {
            LOG.debug("where other nodes may be cannot be read", e);
            disconnect();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return known;
    }

    private void disconnect() {
        if (admin != null) {
            admin.close();
            admin = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }
}
