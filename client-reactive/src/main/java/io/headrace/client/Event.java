/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.util.function.Supplier;

/** An event that was read, and where. */
public final class Event<T> {
    private final T value;
    private final EventPointer pointer;
    private final Supplier<Position> position;

    /** @param position called when somebody asks, each time */
    public Event(T value, EventPointer pointer, Supplier<Position> position) {
        this.value = value;
        this.pointer = pointer;
        this.position = position;
    }

    public T value() {
        return value;
    }

    /** Where it is stored. */
    public EventPointer pointer() {
        return pointer;
    }

    /**
     * Where to go on after this event: what the reader has emitted up to here, in all segments. Takes time when it is
     * called and none when it is not.
     */
    public Position position() {
        return position.get();
    }

    @Override
    public String toString() {
        return pointer + "=" + value;
    }
}
