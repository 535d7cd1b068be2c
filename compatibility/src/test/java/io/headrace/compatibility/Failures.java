/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions on how calls fail. */
final class Failures {
    private Failures() {}

    /** Asserts that the call throws a gRPC status, directly or as a cause. */
    static void assertStatus(Status.Code expected, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("a failure with status " + expected).isNotNull();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException status) {
                assertThat(status.getStatus().getCode()).isEqualTo(expected);
                return;
            }
        }
        fail("No gRPC status in the failure", thrown);
    }

    /** What the future fails with; the test fails when it does not. */
    static Throwable failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(60, TimeUnit.SECONDS);
            return fail("Completed with " + value);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause == null ? e : cause;
        } catch (TimeoutException e) {
            return fail("Neither completed nor failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("Interrupted", e);
        }
    }

    /** For calls that must not return. */
    static void unexpected(Object value) {
        fail("Not refused: " + value);
    }
}
