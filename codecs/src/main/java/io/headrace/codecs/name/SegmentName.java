/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The name of a stream segment, and what can be told from the qualified name of any segment.
 *
 * <pre>
 * stream segment       scope/stream/number.#epoch.epoch       (older form, epoch 0: scope/stream/number)
 * transaction segment  parent#transaction.32 hex digits       (the transaction's UUID)
 * transient segment    parent#transient.32 hex digits.32 hex digits    (the writer's id and a random UUID)
 * table segment        scope/table_kvtable/number.#epoch.epoch
 * </pre>
 *
 * @param scope may be empty: then the qualified name starts with the stream
 * @param number 0 or more; unique in the stream together with the epoch
 * @param epoch the stream's epoch in which the segment was created, 0 or more
 */
public record SegmentName(String scope, String stream, int number, int epoch) {
    private static final String EPOCH = ".#epoch.";
    private static final String TRANSACTION = "#transaction.";
    private static final String TRANSIENT = "#transient.";
    private static final int UUID_DIGITS = 32;

    public SegmentName {
        if (number < 0 || epoch < 0) {
            throw new IllegalArgumentException(
                    "segment number " + number + " and epoch " + epoch + " must not be negative");
        }
    }

    /** A segment named by its id, as in the controller's answers. */
    public static SegmentName of(String scope, String stream, long segmentId) {
        return new SegmentName(scope, stream, numberOf(segmentId), epochOf(segmentId));
    }

    /**
     * Reads a qualified name; that of a transaction or transient segment gives the stream segment that it belongs to.
     * Empty if the name is none of a stream segment, for example that of a table of the controller.
     */
    public static Optional<SegmentName> parse(String qualified) {
        String name = primary(qualified);
        int epoch = 0;
        int at = name.lastIndexOf(EPOCH);
        if (at >= 0) {
            epoch = parseCount(name, at + EPOCH.length(), name.length());
            name = name.substring(0, at);
        }
        int lastSlash = name.lastIndexOf('/');
        int number = parseCount(name, lastSlash + 1, name.length());
        if (lastSlash <= 0 || number < 0 || epoch < 0) {
            return Optional.empty();
        }
        int scopeEnd = name.lastIndexOf('/', lastSlash - 1);
        String scope = scopeEnd < 0 ? "" : name.substring(0, scopeEnd);
        String stream = name.substring(scopeEnd + 1, lastSlash);
        if (stream.isEmpty() || scopeEnd == 0 || scope.indexOf('/') >= 0) {
            return Optional.empty();
        }
        return Optional.of(new SegmentName(scope, stream, number, epoch));
    }

    /** The epoch in the upper 32 bits, the number in the lower 32. */
    public long id() {
        return id(epoch, number);
    }

    public static long id(int epoch, int number) {
        return (long) epoch << 32 | (number & 0xffffffffL);
    }

    public static int epochOf(long segmentId) {
        return (int) (segmentId >> 32);
    }

    public static int numberOf(long segmentId) {
        return (int) segmentId;
    }

    /** {@code scope/stream}, or the stream alone if there is no scope. */
    public String scopedStream() {
        return scope.isEmpty() ? stream : scope + '/' + stream;
    }

    public String qualified() {
        return scopedStream() + '/' + number + EPOCH + epoch;
    }

    @Override
    public String toString() {
        return qualified();
    }

    /** Name of the segment that holds what {@code transaction} writes to {@code parent}. */
    public static String transactionSegment(String parent, UUID transaction) {
        return parent + TRANSACTION + digits(transaction);
    }

    /** Name of a segment in which {@code writer} collects one large event; {@code random} makes it unique. */
    public static String transientSegment(String parent, UUID writer, UUID random) {
        return parent + TRANSIENT + digits(writer) + '.' + digits(random);
    }

    public static boolean isTransactionSegment(String name) {
        return delimiter(name, TRANSACTION) >= 0;
    }

    public static boolean isTransientSegment(String name) {
        return delimiter(name, TRANSIENT) >= 0;
    }

    /** The segment that a transaction or transient segment will be merged into; empty for all others. */
    public static Optional<String> parent(String name) {
        int at = suffixStart(name);
        return at < 0 ? Optional.empty() : Optional.of(name.substring(0, at));
    }

    /** The name without transaction and transient suffixes. */
    public static String primary(String name) {
        String rest = name;
        for (int at = suffixStart(rest); at >= 0; at = suffixStart(rest)) {
            rest = rest.substring(0, at);
        }
        return rest;
    }

    /** What a segment has in common with all it can be merged with: the primary name, cut before its epoch. */
    public static String slotName(String name) {
        String primary = primary(name);
        int at = primary.lastIndexOf(EPOCH);
        return at < 0 ? primary : primary.substring(0, at);
    }

    private static int suffixStart(String name) {
        return Math.max(delimiter(name, TRANSACTION), delimiter(name, TRANSIENT));
    }

    /** Where the last {@code delimiter} starts, if enough follows for a UUID; else -1. */
    private static int delimiter(String name, String delimiter) {
        int at = name.lastIndexOf(delimiter);
        return at >= 0 && name.length() - at - delimiter.length() >= UUID_DIGITS ? at : -1;
    }

    private static String digits(UUID id) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(id.getMostSignificantBits()) + hex.toHexDigits(id.getLeastSignificantBits());
    }

    /** The plain decimal number in a part of {@code text}, or -1. */
    private static int parseCount(String text, int from, int to) {
        if (from >= to || to - from > 10) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value > Integer.MAX_VALUE ? -1 : (int) value;
    }
}
