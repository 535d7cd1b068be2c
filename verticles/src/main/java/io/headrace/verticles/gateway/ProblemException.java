/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import org.jspecify.annotations.Nullable;

/** A request cannot be answered as asked. The message is for whoever sent it. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final @Nullable String field;

    /** @param status of HTTP, 400 to 599 */
    public ProblemException(int status, String detail) {
        this(status, null, detail);
    }

    private ProblemException(int status, @Nullable String field, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.field = field;
    }

    public static ProblemException badRequest(String detail) {
        return new ProblemException(400, detail);
    }

    /** What is wrong is one field of what was sent: the detail begins with its name. */
    public static ProblemException badField(String field, String detail) {
        return new ProblemException(400, field, field + " " + detail);
    }

    public int status() {
        return status;
    }

    /** The field that is wrong, if it is one. */
    public @Nullable String field() {
        return field;
    }
}
