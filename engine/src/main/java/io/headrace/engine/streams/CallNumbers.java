/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.calls.CallStamp.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The numbers that this owner of the partition gives to its calls, and which of them it is not done with, by slot of what
 * is called. Volatile: a new owner starts over, and its own number makes up for that.
 */
final class CallNumbers {
    private final int caller;
    private final Map<Integer, TreeSet<Long>> open = new HashMap<>();
    private long owner;
    private long last;

    /** @param caller number of this partition */
    CallNumbers(int caller) {
        this.caller = caller;
    }

    /** Takes over as owner of that number. */
    void begin(long number) {
        owner = number;
    }

    /** The number of a new call. */
    long next(int slot) {
        last++;
        open.computeIfAbsent(slot, s -> new TreeSet<>()).add(last);
        return last;
    }

    /** What a call that is not done with carries if it is made now. */
    CallStamp stamp(int slot, long number) {
        TreeSet<Long> numbers = open.get(slot);
        return new CallStamp(
                caller, owner, number, new Progress(last + 1, numbers == null ? List.of() : List.copyOf(numbers)));
    }

    /** The call is done with. */
    void settle(int slot, long number) {
        TreeSet<Long> numbers = open.get(slot);
        if (numbers != null && numbers.remove(number) && numbers.isEmpty()) {
            open.remove(slot);
        }
    }

    /** Whether a call that has come in is one of this owner's own that it is not done with. */
    boolean isOpen(int slot, CallStamp stamp) {
        TreeSet<Long> numbers = open.get(slot);
        return stamp.caller() == caller
                && stamp.owner() == owner
                && numbers != null
                && numbers.contains(stamp.number());
    }
}
