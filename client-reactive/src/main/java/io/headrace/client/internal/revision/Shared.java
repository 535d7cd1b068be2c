/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.revision;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** A state that others change, too. On its loop. */
public interface Shared<S, U> {

    /** The copy as it is. {@link IllegalStateException} if nothing was fetched. */
    S current();

    /** Writes what the function makes of the state, again until nobody else was faster; none: writes nothing. */
    Future<S> update(Function<? super S, ? extends List<? extends U>> changes);

    /** Writes changes whatever the state is. */
    Future<Void> append(List<? extends U> changes);
}
