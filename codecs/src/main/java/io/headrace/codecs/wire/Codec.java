/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How one command is read and written.
 *
 * @param code its type in the header of a frame
 */
record Codec<C extends WireCommand>(
        int code, Class<C> type, Function<FieldReader, C> reader, BiConsumer<C, FieldWriter> writer) {

    C read(FieldReader in) {
        return reader.apply(in);
    }

    void write(WireCommand command, FieldWriter out) {
        writer.accept(type.cast(command), out);
    }
}
