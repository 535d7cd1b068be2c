/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

/** A request cannot be answered as asked. The message is for whoever sent it. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status of HTTP, 400 to 599 */
    ProblemException(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(400, detail);
    }

    int status() {
        return status;
    }
}
