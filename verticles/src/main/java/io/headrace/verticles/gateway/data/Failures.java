/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.OutOfSequenceException;
import io.headrace.client.OverloadedException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.SealedException;
import io.headrace.client.TruncatedException;
import io.headrace.client.UnavailableException;
import io.headrace.verticles.gateway.ProblemException;

/** Failures of the client as statuses of HTTP. */
final class Failures {
    private Failures() {}

    /** The same failure, for whoever sent the request; what is no fault of anybody outside stays what it is. */
    static Throwable of(Throwable cause) {
        if (cause instanceof HeadraceException failure) {
            return new ProblemException(status(failure), String.valueOf(failure.getMessage()));
        }
        if (cause instanceof IllegalArgumentException) {
            return ProblemException.badRequest(String.valueOf(cause.getMessage()));
        }
        return cause;
    }

    private static int status(HeadraceException failure) {
        if (failure instanceof NotFoundException) {
            return 404;
        } else if (failure instanceof SealedException
                || failure instanceof ConflictException
                || failure instanceof OutOfSequenceException) {
            return 409;
        } else if (failure instanceof TruncatedException) {
            return 410;
        } else if (failure instanceof RejectedException) {
            return 400;
        } else if (failure instanceof OverloadedException
                || failure instanceof UnavailableException
                || failure instanceof ClosedException) {
            return 503;
        } else if (failure instanceof ProtocolException) {
            return 502;
        }
        return 500;
    }
}
