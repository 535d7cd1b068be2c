/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.EventPointer;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pointers to events: utf segment, compact i64 offset, compact i32 length. */
public final class PointerFormat {
    private static final int VERSION = 0;
    private static final Pattern TEXT = Pattern.compile("(.+):(\\d{1,19})-(\\d{1,10})");

    private PointerFormat() {}

    public static byte[] toBytes(EventPointer pointer) {
        return Bytes.written(out -> VersionedWriter.write(out, VERSION, fields -> fields.utf(pointer.segment())
                .compactLong(pointer.offset())
                .compactInt(pointer.length())));
    }

    public static EventPointer fromBytes(byte[] bytes) {
        return Bytes.read("pointer to an event", bytes, in -> {
            VersionedReader fields = VersionedReader.read(in, VERSION).required(0);
            return new EventPointer(fields.utf(), fields.compactLong(), fields.compactInt());
        });
    }

    public static EventPointer parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no pointer to an event");
        }
        return new EventPointer(matcher.group(1), Long.parseLong(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }
}
