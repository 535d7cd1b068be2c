/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.RejectedException;
import io.headrace.client.UnavailableException;
import io.vertx.grpc.common.GrpcStatus;

/** What the statuses of gRPC mean to a caller. */
final class Statuses {
    private Statuses() {}

    /** Whether the same call would get the same answer. */
    static boolean isFinal(GrpcStatus status) {
        return switch (status) {
            case NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    INVALID_ARGUMENT,
                    OUT_OF_RANGE,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    UNIMPLEMENTED -> true;
            default -> false;
        };
    }

    static HeadraceException toError(GrpcStatus status, String method) {
        String message = method + ": the controller answered " + status;
        return switch (status) {
            case NOT_FOUND -> new NotFoundException(message);
            case ALREADY_EXISTS, FAILED_PRECONDITION -> new ConflictException(message);
            case INVALID_ARGUMENT, OUT_OF_RANGE, PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED ->
                new RejectedException(message);
            default -> new UnavailableException(message);
        };
    }
}
