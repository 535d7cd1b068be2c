/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.StreamName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One name of a stream, with all who use it, and the stream that bears it at present. */
final class StreamCast {
    final StreamName name;
    final List<StreamLife> lives = new ArrayList<>();

    @Nullable
    StreamLife life;

    StreamCast(StreamName name) {
        this.name = name;
    }

    /** The stream, if it can be used; else null. */
    @Nullable
    StreamLife open() {
        StreamLife now = life;
        return now != null && now.open ? now : null;
    }
}
