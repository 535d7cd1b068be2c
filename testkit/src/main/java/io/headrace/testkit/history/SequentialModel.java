/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.history;

import org.jspecify.annotations.Nullable;

/** What one part of an object does when calls come one after the other. States are immutable and compare by content. */
public interface SequentialModel<S, I, O> {

    S initial();

    /**
     * The state after a call.
     *
     * @param output null if it is not known: then the state after the call has taken effect
     * @return null if the call cannot have that output in that state, or no effect that anyone could see
     */
    @Nullable
    S next(S state, I input, @Nullable O output);
}
