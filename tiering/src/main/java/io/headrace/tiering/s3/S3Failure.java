/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** A request failed. */
final class S3Failure extends IOException {
    private static final long serialVersionUID = 1L;

    static final int NOT_FOUND = 404;
    static final int RANGE_NOT_SATISFIABLE = 416;
    static final int NOT_IMPLEMENTED = 501;

    /** Status of the answer, or 0 if there was none. */
    private final int status;

    /** S3's own name of the error, or empty. */
    private final String code;

    S3Failure(Throwable cause) {
        super(cause.getMessage(), cause);
        if (cause instanceof AwsServiceException service) {
            AwsErrorDetails details = service.awsErrorDetails();
            this.status = service.statusCode();
            this.code = details == null || details.errorCode() == null ? "" : details.errorCode();
        } else {
            this.status = 0;
            this.code = "";
        }
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** Whether the condition that nothing may be there yet was not met, or could not be judged at that moment. */
    boolean isConditionFailed() {
        return status == 412 || status == 409;
    }
}
