/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.time.Instant;

/** Where an {@link EventReader} begins. */
public sealed interface ReadFrom {

    /** At the oldest data that is left. */
    static ReadFrom earliest() {
        return new Earliest();
    }

    /** With what is written from now on. "Now" is when the reading begins, a moment after the subscription. */
    static ReadFrom latest() {
        return new Latest();
    }

    static ReadFrom cut(StreamCut cut) {
        return new Cut(cut);
    }

    /** Behind the event that {@link Event#position()} gave this position. */
    static ReadFrom position(Position position) {
        return new At(position);
    }

    /**
     * Before everything that is not older than {@code time}, as the stream's writers have noted it. Older events may come
     * too. Where nobody has noted time this is the same as the oldest data.
     */
    static ReadFrom time(Instant time) {
        return new Time(time);
    }

    /** See {@link #earliest}. */
    record Earliest() implements ReadFrom {}

    /** See {@link #latest}. */
    record Latest() implements ReadFrom {}

    /** See {@link #cut}. */
    record Cut(StreamCut cut) implements ReadFrom {}

    /** See {@link #position}. */
    record At(Position position) implements ReadFrom {}

    /** See {@link #time}. */
    record Time(Instant time) implements ReadFrom {}
}
