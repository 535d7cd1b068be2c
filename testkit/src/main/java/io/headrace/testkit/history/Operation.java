/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.history;

import org.jspecify.annotations.Nullable;

/**
 * One call of a client.
 *
 * @param part what it is about: calls about different parts never depend on each other and are judged apart
 * @param input what was asked
 * @param output what was answered; null if no answer came
 * @param invoked moment of the call; moments of one history are all different
 * @param returned moment of the answer; {@link #NEVER} if none came: the call may have taken effect at any time since, or
 *     not at all
 */
public record Operation<I, O>(
        String part, I input, @Nullable O output, long invoked, long returned) {

    /** When a call returns that is not answered. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if ((output == null) != (returned == NEVER) || invoked >= returned) {
            throw new IllegalArgumentException(
                    "called at " + invoked + ", answered at " + returned + " with " + output);
        }
    }

    boolean isAnswered() {
        return returned != NEVER;
    }
}
