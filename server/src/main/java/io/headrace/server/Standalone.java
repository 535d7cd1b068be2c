/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Settings;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;

final class Standalone {
    private final CountDownLatch ended = new CountDownLatch(1);

    static Standalone start(Settings settings) {
        Vertx.vertx();
        return new Standalone();
    }

    Addresses addresses() {
        return new Addresses("", "", "");
    }

    void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        ended.countDown();
    }
}
