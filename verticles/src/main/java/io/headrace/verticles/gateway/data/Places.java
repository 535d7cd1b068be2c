/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Position;
import io.headrace.client.ReadFrom;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Where to begin reading, as text: {@code earliest}, {@code latest}, {@code time:} with an instant such as {@code
 * 2026-01-31T12:00:00Z}, {@code cut:} with a stream cut as other clients print it, or {@code position:} with what came with an
 * event.
 */
public final class Places {
    private static final String POSITION = "position:";
    private static final String CUT = "cut:";
    private static final String TIME = "time:";

    private Places() {}

    /**
     * Reads a place.
     *
     * @throws IllegalArgumentException with a message for whoever sent it
     */
    public static ReadFrom parse(StreamName stream, String text) {
        return switch (text) {
            case "earliest" -> ReadFrom.earliest();
            case "latest" -> ReadFrom.latest();
            default -> {
                if (text.startsWith(POSITION)) {
                    yield ReadFrom.position(position(stream, text.substring(POSITION.length())));
                } else if (text.startsWith(CUT)) {
                    yield ReadFrom.cut(cut(stream, text.substring(CUT.length())));
                } else if (text.startsWith(TIME)) {
                    yield ReadFrom.time(time(text.substring(TIME.length())));
                }
                throw new IllegalArgumentException(
                        "\"" + text
                                + "\" is no place in a stream: use earliest, latest, time:INSTANT, cut:CUT or position:POSITION");
            }
        };
    }

    /** As {@link #parse} reads it. */
    public static String of(Position position) {
        return POSITION + Base64.getUrlEncoder().withoutPadding().encodeToString(position.toBytes());
    }

    /** As {@link #parse} reads it. */
    public static String of(StreamCut cut) {
        return CUT + cut.toText();
    }

    private static Position position(StreamName stream, String text) {
        Position position;
        try {
            position = Position.fromBytes(Base64.getUrlDecoder().decode(text));
            // Says whether it is one of this stream.
            position.toStreamCut(stream);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "this is no position in " + stream + ": use one that came with an event");
        }
        return position;
    }

    private static StreamCut cut(StreamName stream, String text) {
        StreamCut cut = StreamCut.parse(text);
        if (!cut.stream().equals(stream)) {
            throw new IllegalArgumentException("this is a cut of " + cut.stream() + ", not of " + stream);
        }
        return cut;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no instant such as 2026-01-31T12:00:00Z");
        }
    }
}
