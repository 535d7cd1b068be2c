/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.tables.Table;
import org.jspecify.annotations.Nullable;

/**
 * State of one segment that is in use; of the others there are rows, see {@link HotSegments}. Only {@link SegmentsState}
 * changes what is durable.
 */
final class Segment {
    /** Upper half of the ids under which the server's own facts are read as attributes. */
    static final long SERVER_KEPT = Long.MIN_VALUE;

    private static final long TYPE_STREAM = 0;
    private static final long TYPE_TRANSIENT = 0x80;

    // For life.
    final long id;
    final String name;
    final boolean isTransient;
    final long createdMillis;
    final long rolloverBytes;

    // Durable.
    int scaleType;
    int targetRate;
    boolean sealed;
    long startOffset;
    long length;
    long lastModifiedMillis;
    long eventCount;

    /** Bytes of its extents in the log. */
    long logBytes;

    @Nullable
    Extents extents;

    final Attributes attributes = new Attributes(this);

    /** Null unless this is a table segment, which has entries and no bytes. */
    @Nullable
    Table table;

    // Of this owner only.
    /** Frame of the last record that changed this segment; 0 if that was before this owner restored it. */
    long changedIn;

    /** Its way to long-term storage; null if there is nothing to do. */
    @Nullable
    Pipeline pipeline;

    /** What of it has just left the log; null if nothing has. */
    Recent.@Nullable Of recent;

    @Nullable
    Attached attached;

    /** Parts of this owner's work that need this very object, beside those above. */
    int holds;

    // Of the object, see HotSegments.
    /** Number of the change that made it newer than its rows, see {@link ChangedSegments}; 0 if it is not. */
    long changed;

    /** Whether there are rows of it. */
    boolean stored;

    /** What {@link SegmentRows} has noted of it. */
    int marks;

    /** The pages of its pieces that there may be rows of, see {@link PieceRows}: from one up to another. */
    long pagesFrom;

    long pagesTo;

    /** About how much heap it takes, as {@link HotSegments} has counted it. */
    long weight;

    /** Whether it was asked for since it was last considered for eviction. */
    boolean used;

    @Nullable
    Segment older;

    @Nullable
    Segment newer;

    Segment(long id, String name, boolean isTransient, long createdMillis, long rolloverBytes) {
        this.id = id;
        this.name = name;
        this.isTransient = isTransient;
        this.createdMillis = createdMillis;
        this.rolloverBytes = rolloverBytes;
        this.lastModifiedMillis = createdMillis;
    }

    /**
     * Value of any attribute, writer number or server-kept fact; {@link SegmentCommand#NO_VALUE} if there is none.
     *
     * @throws io.headrace.engine.state.NotInMemory if that cannot be told without waiting
     */
    long attribute(long idHigh, long idLow) {
        if (idHigh == SERVER_KEPT) {
            return serverKept(idLow);
        }
        return attributes.get(idHigh, idLow);
    }

    private long serverKept(long idLow) {
        if (idLow < 0 || idLow > 9) {
            return SegmentCommand.NO_VALUE;
        }
        return switch ((int) idLow) {
            case 0 -> createdMillis;
            case 1 -> eventCount;
            case 2 -> scaleType;
            case 3 -> targetRate;
            case 4 -> rolloverBytes;
            case 9 -> isTransient ? TYPE_TRANSIENT : TYPE_STREAM;
            default -> SegmentCommand.NO_VALUE;
        };
    }

    Extents extentsToAdd() {
        if (extents == null) {
            extents = new Extents();
        }
        return extents;
    }
}
