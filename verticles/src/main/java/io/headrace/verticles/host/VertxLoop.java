/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.partition.Loop;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;

/** A {@link Loop} on a Vert.x event-loop context. */
public final class VertxLoop implements Loop {
    private final Context context;
    private final EventLoop eventLoop;

    /** @param context of an event loop, not of a worker */
    public VertxLoop(Context context) {
        if (!context.isEventLoopContext()) {
            throw new IllegalArgumentException("partitions run on event loops, not on workers");
        }
        this.context = context;
        // The public interface only knows "the current context"; several contexts may share one loop's thread.
        this.eventLoop = ((ContextInternal) context).nettyEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(nothing -> task.run());
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    /** Runs {@code task} on this loop after {@code millis}, at least 1. To be called on this loop. */
    void executeLater(long millis, Runnable task) {
        context.owner().setTimer(millis, id -> task.run());
    }

    /** Runs {@code task} on this loop every {@code millis}, until the context's deployment ends. To be called on its context. */
    void executeEvery(long millis, Runnable task) {
        context.owner().setPeriodic(millis, id -> task.run());
    }
}
