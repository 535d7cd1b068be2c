/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import java.util.function.Consumer;

/**
 * Where the answer of an asynchronous port goes. Exactly one of the two methods is called, once, on the loop of the
 * partition that asked.
 */
public interface Callback<T> {

    void done(T value);

    void failed(Throwable cause);

    static <T> Callback<T> of(Consumer<? super T> onDone, Consumer<Throwable> onFailed) {
        return new Callback<>() {
            @Override
            public void done(T value) {
                onDone.accept(value);
            }

            @Override
            public void failed(Throwable cause) {
                onFailed.accept(cause);
            }
        };
    }
}
