/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.util.Set;

/** What a failed request means. */
final class Errors {
    private static final int REDIRECT = 301;
    private static final int FORBIDDEN = 403;
    private static final int INSUFFICIENT_STORAGE = 507;

    /** S3 itself never fills up; other servers that speak its protocol do. */
    private static final Set<String> FULL =
            Set.of("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage");

    private Errors() {}

    static StorageException of(String what, IOException e, S3Location location) {
        return e instanceof S3Failure failure ? of(what, failure, location) : unavailable(what, e, location);
    }

    private static StorageException of(String what, S3Failure e, S3Location location) {
        if (e.status() == INSUFFICIENT_STORAGE || FULL.contains(e.code())) {
            return new StorageException(
                    Kind.FULL,
                    what + " failed: there is no room left in " + location + " (" + e.getMessage()
                            + "); raise the quota, or shorten the retention of streams",
                    e);
        }
        if (e.code().equals("NoSuchBucket")) {
            return noBucket(what, location, e);
        }
        if (e.status() == REDIRECT || e.code().equals("AuthorizationHeaderMalformed")) {
            return new StorageException(
                    Kind.BAD_REQUEST,
                    what + " failed: the bucket is in another region (" + e.getMessage() + "); add ?region=NAME to the"
                            + " address",
                    e);
        }
        if (e.status() == S3Failure.NOT_IMPLEMENTED) {
            return new StorageException(
                    Kind.BAD_REQUEST,
                    what + " is not supported by " + location + " (" + e.getMessage() + "); use another server",
                    e);
        }
        if (e.status() == FORBIDDEN) {
            return new StorageException(
                    Kind.UNAVAILABLE,
                    what + " failed: access was denied (" + e.getMessage()
                            + "); check the credentials, their rights and the clock",
                    e);
        }
        String message = e.getMessage();
        if (e.status() == 0 && message != null && message.contains("checksum")) {
            return new StorageException(
                    Kind.CORRUPT,
                    what + " failed: other bytes came than were stored (" + message + "); do not delete anything",
                    e);
        }
        return unavailable(what, e, location);
    }

    static StorageException noBucket(String what, S3Location location, IOException e) {
        return new StorageException(
                Kind.UNAVAILABLE,
                what + " failed: there is no bucket " + location.bucket() + " (" + location
                        + "); create it, or correct the address",
                e);
    }

    private static StorageException unavailable(String what, IOException e, S3Location location) {
        return new StorageException(
                Kind.UNAVAILABLE,
                what + " failed (" + e.getMessage() + "); its outcome is unknown. Check " + location
                        + ", and try again",
                e);
    }
}
