/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.util.function.Consumer;

/**
 * Where the answer of a storage operation goes. Exactly one of the two methods is called, once, on the executor that was
 * given with the operation.
 */
public interface Callback<T> {

    void done(T value);

    void failed(StorageException failure);

    static <T> Callback<T> of(Consumer<? super T> onDone, Consumer<StorageException> onFailed) {
        return new Callback<>() {
            @Override
            public void done(T value) {
                onDone.accept(value);
            }

            @Override
            public void failed(StorageException failure) {
                onFailed.accept(failure);
            }
        };
    }
}
