/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.loop;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.stream.Stream;

/** The event loops of a client: all the threads that it has. */
public final class Loops {
    private final Vertx vertx;
    private final List<Loop> all;

    private Loops(Vertx vertx, List<Loop> all) {
        this.vertx = vertx;
        this.all = all;
    }

    /** Starts {@code number} loops; their threads do not keep a program from ending. */
    public static Loops start(int number) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(number)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        // The public interface makes contexts only for verticles, and asynchronously.
        VertxInternal internal = (VertxInternal) vertx;
        return new Loops(
                vertx,
                Stream.generate(() -> new Loop(internal.createEventLoopContext()))
                        .limit(number)
                        .toList());
    }

    public Vertx vertx() {
        return vertx;
    }

    public List<Loop> all() {
        return all;
    }

    /** Fails what is under way, then ends the threads, and with them every connection. */
    public Future<Void> end() {
        return Future.join(all.stream().map(Loop::end).toList()).transform(told -> vertx.close());
    }
}
