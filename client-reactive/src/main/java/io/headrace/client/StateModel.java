/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.util.List;

/**
 * What programs share by a {@link StateSynchronizer}: a state, and changes to it. Everything here must depend on its
 * arguments alone, so that all programs come to the same state.
 *
 * @param <S> the state; immutable
 * @param <U> a change; immutable
 */
public interface StateModel<S, U> {

    /** The state after a change. */
    S apply(S state, U change);

    /**
     * Whole states as bytes. Whoever shares a state with programs of the published client must bear bytes behind the end
     * of what it reads: that client leaves some.
     */
    Serializer<S> states();

    /** Changes as bytes. */
    Serializer<U> changes();

    /** The state after several changes. */
    default S applyAll(S state, List<? extends U> changes) {
        S next = state;
        for (U change : changes) {
            next = apply(next, change);
        }
        return next;
    }
}
