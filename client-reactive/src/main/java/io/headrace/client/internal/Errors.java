/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal;

import io.headrace.client.HeadraceException;
import io.headrace.client.UnavailableException;

/** Errors as users see them. */
public final class Errors {
    private Errors() {}

    /** What went wrong below becomes an error of the client's own; there it is always something that may pass. */
    public static HeadraceException of(Throwable cause) {
        return cause instanceof HeadraceException known
                ? known
                : new UnavailableException(String.valueOf(cause.getMessage()), cause);
    }
}
