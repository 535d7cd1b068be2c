/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.verticles.net.Endpoint;
import java.util.List;
import java.util.Optional;

/** Where clients find controllers and segments. Asked on any thread. */
public interface Directory {

    /** All controllers; port 0 stands for the one that is asked. */
    List<Endpoint> controllers();

    /** The store that has a segment, or will have it in a moment; empty if there is none at present. */
    Optional<Endpoint> storeOf(String segment);

    /** One controller and one store. */
    static Directory of(Endpoint controller, Endpoint store) {
        return new Directory() {
            @Override
            public List<Endpoint> controllers() {
                return List.of(controller);
            }

            @Override
            public Optional<Endpoint> storeOf(String segment) {
                return Optional.of(store);
            }
        };
    }
}
