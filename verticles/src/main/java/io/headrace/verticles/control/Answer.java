/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.vertx.grpc.common.GrpcStatus;

/** Where the outcome of a procedure goes: one of the two methods, once, from any thread. */
interface Answer<T> {

    void ok(T response);

    /**
     * The call ends with a status.
     *
     * @param message what was wrong, for people; the published client shows it in its exception
     */
    void fail(GrpcStatus status, String message);
}
