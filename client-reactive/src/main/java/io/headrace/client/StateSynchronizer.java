/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.revision.SharedState;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import java.util.List;
import java.util.function.Function;

/**
 * A state that several programs share by a stream of one segment: each holds a copy, and the stream decides on the order of
 * changes. What is called here is done one after another, in the order of subscription. May be used by any thread.
 */
public final class StateSynchronizer<S, U> {
    private final Resources resources;
    private final SharedState<S, U> shared;

    StateSynchronizer(Resources resources, StreamName stream, StateModel<S, U> model) {
        this.resources = resources;
        this.shared = new SharedState<>(resources, stream, model, change -> {});
    }

    /** Gives the stream its first state; false, and no effect, if it has one. */
    public Single<Boolean> initialize(S first) {
        return resources.loop().single(() -> shared.initialize(first));
    }

    /** The state with all changes that are there by now. {@link NotFoundException} if it was never initialized. */
    public Single<S> fetch() {
        return resources.loop().single(shared::fetch);
    }

    /**
     * Changes the state. The changes are asked for again, of a newer state, as often as somebody else was faster; those
     * that take effect were computed of the very state before them.
     *
     * @param changes gives what to do to a state, on an event loop; none: nothing is written
     * @return emits the state after the changes
     */
    public Single<S> update(Function<? super S, ? extends List<? extends U>> changes) {
        return resources.loop().single(() -> shared.update(changes));
    }

    /** Writes changes that hold in any state. They show in the state when it is fetched. */
    public Completable append(List<? extends U> changes) {
        return resources.loop().completable(() -> shared.append(changes));
    }

    /**
     * Writes the whole state, so that who comes later begins with it, and deletes what lies before the last such place:
     * those who are slow find what they need for as long as it takes to compact once more.
     */
    public Completable compact() {
        return resources.loop().completable(shared::compact);
    }
}
