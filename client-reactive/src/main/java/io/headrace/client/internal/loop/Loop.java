/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.loop;

import io.headrace.client.ClosedException;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One event loop. What is bound to it is touched on it only, which {@link #check} sees to. */
public final class Loop {
    private static final Duration MAX_FAREWELL = Duration.ofSeconds(3);

    private final ContextInternal context;

    /** What has to be told when the loop ends, in the order in which it began. */
    private final Set<Runnable> endings = new LinkedHashSet<>();

    /** What has to be done before the loop ends. */
    private final Set<Supplier<Future<Void>>> farewells = new LinkedHashSet<>();

    /** Set when the loop has begun to end. */
    private @Nullable Future<Void> ending;

    private volatile boolean ended;

    Loop(ContextInternal context) {
        this.context = context;
    }

    /** Runs {@code task} in a later turn of this loop; not at all if it has ended. May be called by any thread. */
    public void execute(Runnable task) {
        if (!ended) {
            context.runOnContext(nothing -> task.run());
        }
    }

    /** Whether nothing is done here any more. May be called by any thread. */
    public boolean hasEnded() {
        return ended;
    }

    /** Runs {@code task}, which is to fail what is under way, when the loop ends, unless it is cancelled before. */
    public Timer whenEnding(Runnable task) {
        check();
        Runnable ending = () -> task.run();
        endings.add(ending);
        return () -> endings.remove(ending);
    }

    /**
     * Does {@code task} before the loop ends, unless it is cancelled before: there is a moment for others to be told. The
     * loop does not wait long.
     */
    public Timer beforeEnding(Supplier<Future<Void>> task) {
        check();
        Supplier<Future<Void>> farewell = () -> task.get();
        farewells.add(farewell);
        return () -> farewells.remove(farewell);
    }

    /** Runs what has to be done and told; the loop's thread may be ended when this succeeds. */
    Future<Void> end() {
        Promise<Void> done = Promise.promise();
        execute(() -> beginEnd().onComplete(over -> done.tryComplete()));
        return ended ? Future.succeededFuture() : done.future();
    }

    private Future<Void> beginEnd() {
        Future<Void> begun = ending;
        if (begun != null) {
            return begun;
        }
        Promise<Void> done = Promise.promise();
        ending = done.future();
        List<Future<Void>> asked =
                List.copyOf(farewells).stream().map(Supplier::get).toList();
        Promise<Void> waited = Promise.promise();
        Timer limit = after(MAX_FAREWELL, waited::tryComplete);
        Future.join(asked).onComplete(all -> waited.tryComplete());
        waited.future().onComplete(over -> {
            limit.cancel();
            ended = true;
            List.copyOf(endings).forEach(Runnable::run);
            endings.clear();
            done.tryComplete();
        });
        return done.future();
    }

    /** What everything fails with that is asked of a loop that has ended. */
    public static ClosedException closed() {
        return new ClosedException("the client was closed");
    }

    public boolean inLoop() {
        return context.nettyEventLoop().inEventLoop();
    }

    /** Sees to it that the caller is on this loop: anything else is a mistake in this module. */
    public void check() {
        if (!inLoop()) {
            throw new IllegalStateException("to be called on its event loop, not by " + Thread.currentThread());
        }
    }

    /** Runs {@code task} on this loop after {@code delay}, which is at least a millisecond, unless it is cancelled before. */
    public Timer after(Duration delay, Runnable task) {
        check();
        long id = context.setTimer(Math.max(1, delay.toMillis()), fired -> task.run());
        return () -> context.owner().cancelTimer(id);
    }

    /** Asks on this loop, each time that somebody subscribes. */
    public <T> Single<T> single(Supplier<Future<T>> question) {
        return Single.create(answer -> {
            if (ended) {
                answer.tryOnError(closed());
            }
            execute(() -> question.get().onComplete(answer::onSuccess, answer::tryOnError));
        });
    }

    /** The same, where all that matters is whether it succeeds. */
    public Completable completable(Supplier<Future<Void>> question) {
        return Completable.create(answer -> {
            if (ended) {
                answer.tryOnError(closed());
            }
            execute(() -> question.get().onComplete(done -> answer.onComplete(), answer::tryOnError));
        });
    }

    /** Something that may happen later. */
    @FunctionalInterface
    public interface Timer {
        /** Sees to it that it does not happen, unless it has. */
        void cancel();
    }
}
