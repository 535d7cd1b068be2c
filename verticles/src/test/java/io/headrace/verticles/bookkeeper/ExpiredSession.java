/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** Lets the session of a ZooKeeper client end as if it had not been heard of for too long. */
final class ExpiredSession {
    private ExpiredSession() {}

    /** A second client of the same session closes it for both; not before it is connected, or it closes nothing. */
    static void of(ZooKeeper client, String connectString) throws Exception {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        ZooKeeper second = new ZooKeeper(
                connectString,
                30_000,
                event -> {
                    if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                        connected.complete(null);
                    }
                },
                client.getSessionId(),
                client.getSessionPasswd());
        connected.get(60, TimeUnit.SECONDS);
        second.close();
    }
}
