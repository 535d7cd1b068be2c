/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.calls;

import java.util.Collections;
import java.util.List;

/**
 * Who makes a call, and how far it has come with its calls.
 *
 * @param caller number of the {@code streams} partition that calls
 * @param owner number of its present owner: each that takes over counts one more than the one before
 * @param number of the call, above that of every earlier call of this owner; the same when the call is repeated
 * @param progress how far this owner has come with its calls to things of the same slot
 */
public record CallStamp(int caller, long owner, long number, Progress progress) {

    /**
     * How far an owner has come with its calls: it is done with all that have numbers below {@code issued}, but for some.
     *
     * @param open ascending; few, for they are calls on their way
     */
    public record Progress(long issued, List<Long> open) {
        public Progress {
            open = List.copyOf(open);
        }

        boolean isDoneWith(long number) {
            return number < issued && Collections.binarySearch(open, number) < 0;
        }

        /** Of one owner; what it is done with it is done with for ever. */
        boolean isBeyond(Progress other) {
            return issued > other.issued || (issued == other.issued && open.size() < other.open.size());
        }
    }
}
