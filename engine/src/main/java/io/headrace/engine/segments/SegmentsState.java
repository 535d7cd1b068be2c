/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.calls.CallOrder;
import io.headrace.engine.log.LogException;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.RowRead;
import io.headrace.engine.tables.Table;
import io.headrace.engine.tables.TableRecord;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The durable state of a {@code segments} partition. {@link #apply} is the only way to change it. */
final class SegmentsState {
    /** What is known of a piece in the log, here and in the log itself, at most: it may be alone in its frame. */
    private static final int PIECE_BYTES = 256;

    private final FrameUse frames = new FrameUse();
    private final LayeredState keyed = new LayeredState();
    private final CallOrder calls = new CallOrder();
    private final Chunks chunks = new Chunks(this, new ChunkRows(keyed));
    private final SegmentRows rows = new SegmentRows(keyed);
    private final HotSegments hot;

    /**
     * Names that the present command has looked for and that nobody has. Once it has logged something it must find out the
     * same without waiting, and memory may have lost by then what it was told from.
     */
    private final Set<String> absent = new HashSet<>();

    private long nextId = 1;
    private long count;
    private long bytes;
    private long logBytes;

    /** @param hotBytes memory up to which segments stay that nothing needs */
    SegmentsState(long hotBytes) {
        this.hot = new HotSegments(rows, chunks, hotBytes);
    }

    /** @throws io.headrace.engine.state.NotInMemory if it cannot be told without waiting; likewise the other ways to find one */
    @Nullable
    Segment find(String name) {
        Segment segment = hot.find(name);
        if (segment != null) {
            return segment;
        }
        if (absent.contains(name)) {
            return null;
        }
        long id = rows.find(name);
        if (id == 0) {
            absent.add(name);
            return null;
        }
        return find(id);
    }

    @Nullable
    Segment find(long id) {
        Segment segment = hot.find(id);
        if (segment == null) {
            segment = rows.read(id);
            if (segment != null) {
                hot.add(segment);
            }
        }
        return segment;
    }

    /** A segment that is in memory; null if it is not, or does not exist. */
    @Nullable
    Segment hot(long id) {
        return hot.find(id);
    }

    /** Makes sure that all of these can be found without waiting, those that do not exist, too. */
    void need(Collection<String> names) {
        List<RowRead> missing = new ArrayList<>();
        for (String name : names) {
            try {
                find(name);
            } catch (NotInMemory e) {
                missing.addAll(e.reads());
            }
        }
        if (!missing.isEmpty()) {
            throw new NotInMemory(missing);
        }
    }

    /** Lets go of segments that are too many, see {@link HotSegments#trim}. */
    void trim(int looks, long committedFrame) {
        absent.clear();
        hot.trim(looks, committedFrame);
    }

    /** The same where all that has been applied is committed, and nobody needs any segment. */
    void trimAll() {
        hot.trim(Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Segments that are newer than their rows. */
    ChangedSegments changed() {
        return hot.changed();
    }

    SegmentRows rows() {
        return rows;
    }

    FrameUse frames() {
        return frames;
    }

    long count() {
        return count;
    }

    /** About how many segments that nothing needs stay in memory. */
    int hotCapacity() {
        return hot.capacity();
    }

    /** Segments that are in memory. */
    int hotCount() {
        return hot.count();
    }

    /** Bytes of data that can be read. */
    long bytes() {
        return bytes;
    }

    /** Number that the next segment gets. */
    long nextId() {
        return nextId;
    }

    /** Segments that are not in memory, attributes that are many, and the entries of tables. */
    LayeredState keyed() {
        return keyed;
    }

    /** How far workflows have come. */
    CallOrder calls() {
        return calls;
    }

    /** What is in long-term storage. */
    Chunks chunks() {
        return chunks;
    }

    /** Bytes of data that are in the log only. */
    long logBytes() {
        return logBytes;
    }

    /** The same with what is known of each piece: what is bounded. */
    long countedLogBytes() {
        return logBytes + PIECE_BYTES * frames.extents();
    }

    void logBytesChanged(long by) {
        logBytes += by;
    }

    /** One extent less is in {@code frame}. */
    void frameUnused(long frame) {
        frames.remove(frame);
    }

    long oldestFrame() {
        return frames.oldest();
    }

    /** Makes sure that the segments can be found that a record of the log is about, see {@code StateMachine#need}. */
    void need(int type, ByteBuf body) {
        if (type == SegmentRecord.CREATE || type == SegmentRecord.CREATE_TABLE || type == SegmentRecord.CALLED) {
            return;
        }
        SegmentRecord.readVersion(type, body);
        List<RowRead> missing = new ArrayList<>();
        need(body.getLong(body.readerIndex()), missing);
        if (type == SegmentRecord.MERGE) {
            need(SegmentRecord.Merge.read(body).source(), missing);
        }
        if (!missing.isEmpty()) {
            throw new NotInMemory(missing);
        }
    }

    /** @param id of a segment; one that is created later has no row, and 0 is none */
    private void need(long id, List<RowRead> missing) {
        if (id > 0 && id < nextId && hot.find(id) == null) {
            try {
                rows.need(id);
            } catch (NotInMemory e) {
                missing.addAll(e.reads());
            }
        }
    }

    void apply(int type, ByteBuf body, long frame, int offset) {
        int start = body.readerIndex();
        SegmentRecord.readVersion(type, body);
        switch (type) {
            case SegmentRecord.CREATE -> create(SegmentRecord.Create.read(body), frame);
            case SegmentRecord.APPEND -> {
                SegmentRecord.Append append = SegmentRecord.Append.read(body);
                Segment segment = changing(append.segment(), frame);
                append(segment, body.readableBytes(), frame, offset + body.readerIndex() - start);
                segment.attributes.put(append.writerHigh(), append.writerLow(), append.eventNumber(), keyed);
                segment.eventCount += append.eventCount();
                segment.lastModifiedMillis = append.time();
            }
            case SegmentRecord.APPEND_PART -> {
                SegmentRecord.AppendPart part = SegmentRecord.AppendPart.read(body);
                Segment segment = changing(part.segment(), frame);
                append(segment, body.readableBytes(), frame, offset + body.readerIndex() - start);
            }
            case SegmentRecord.SEAL -> {
                SegmentRecord.Seal seal = SegmentRecord.Seal.read(body);
                Segment segment = changing(seal.segment(), frame);
                segment.sealed = true;
                segment.lastModifiedMillis = seal.time();
            }
            case SegmentRecord.TRUNCATE -> truncate(SegmentRecord.Truncate.read(body), frame);
            case SegmentRecord.DELETE ->
                delete(changing(SegmentRecord.Delete.read(body).segment(), frame), frame);
            case SegmentRecord.MERGE -> merge(SegmentRecord.Merge.read(body), frame);
            case SegmentRecord.SET_ATTRIBUTE -> {
                SegmentRecord.SetAttribute set = SegmentRecord.SetAttribute.read(body);
                changing(set.segment(), frame).attributes.put(set.idHigh(), set.idLow(), set.value(), keyed);
            }
            case SegmentRecord.CALLED -> {
                SegmentRecord.Called called = SegmentRecord.Called.read(body);
                calls.put(called.slot(), called.caller(), called.owner(), called.progress());
            }
            case SegmentRecord.SET_POLICY -> {
                SegmentRecord.SetPolicy set = SegmentRecord.SetPolicy.read(body);
                Segment segment = changing(set.segment(), frame);
                segment.scaleType = set.scaleType();
                segment.targetRate = set.targetRate();
            }
            case SegmentRecord.CREATE_TABLE -> createTable(SegmentRecord.CreateTable.read(body), frame);
            case TableRecord.PUT, TableRecord.PUT_PART, TableRecord.REMOVE -> changeTable(type, body, frame);
            case TierRecord.STORAGE,
                    TierRecord.FLUSHED,
                    TierRecord.CHUNK_SEALED,
                    TierRecord.CHUNK_GIVEN_UP,
                    TierRecord.CHUNK_DELETED,
                    TierRecord.JOIN_BEGUN,
                    TierRecord.JOIN_ENDED -> chunks.apply(type, body, frame);
            default ->
                throw new LogException(
                        LogException.Kind.CORRUPT,
                        "frame " + frame + " holds a record of type " + type + ", which this program does not know");
        }
    }

    private void create(SegmentRecord.Create record, long frame) {
        Segment segment = new Segment(
                record.segment(), record.name(), record.isTransient(), record.time(), record.rolloverBytes());
        segment.scaleType = record.scaleType();
        segment.targetRate = record.targetRate();
        segment.changedIn = frame;
        nextId = record.segment() + 1;
        add(segment);
    }

    private void createTable(SegmentRecord.CreateTable record, long frame) {
        Segment segment = new Segment(record.segment(), record.name(), false, record.time(), record.rolloverBytes());
        segment.table = new Table(keyed, segment.id, record.keyLength());
        segment.changedIn = frame;
        nextId = record.segment() + 1;
        add(segment);
    }

    private void changeTable(int type, ByteBuf body, long frame) {
        Segment segment = changing(body.readLong(), frame);
        Table table = segment.table;
        if (table == null) {
            throw new LogException(
                    LogException.Kind.CORRUPT,
                    "frame " + frame + " changes segment number " + segment.id + " as a table, which it is not");
        }
        segment.lastModifiedMillis = body.readLong();
        table.apply(type, body);
    }

    private void append(Segment segment, int length, long frame, int position) {
        if (length > 0) {
            segment.extentsToAdd().add(segment.length, frame, position);
            frames.add(frame);
            segment.length += length;
            segment.logBytes += length;
            bytes += length;
            logBytes += length;
        }
    }

    private void truncate(SegmentRecord.Truncate record, long frame) {
        Segment segment = changing(record.segment(), frame);
        dropBelow(segment, record.offset(), frame);
        segment.lastModifiedMillis = record.time();
    }

    private void delete(Segment segment, long frame) {
        dropBelow(segment, segment.length, frame);
        remove(segment);
    }

    private void merge(SegmentRecord.Merge record, long frame) {
        find(record.source());
        Segment target = changing(record.segment(), frame);
        Segment source = changing(record.source(), frame);
        if (source.extents != null && source.extents.count() > 0) {
            target.extentsToAdd().addAll(source.extents, target.length);
            target.length += source.length;
            target.logBytes += source.logBytes;
            target.lastModifiedMillis = record.time();
            chunks.merged(source, target);
        }
        remove(source);
    }

    private void dropBelow(Segment segment, long offset, long frame) {
        if (segment.extents != null) {
            Set<Long> unused = new TreeSet<>();
            segment.extents.dropBelow(offset, segment.length, new Extents.Dropped() {
                @Override
                public void inLog(long dropped, long length) {
                    frames.remove(dropped);
                    segment.logBytes -= length;
                    logBytes -= length;
                }

                @Override
                public void inChunk(long chunk) {
                    unused.add(chunk);
                }
            });
            segment.extents.removeChunks(unused);
            chunks.unused(unused, frame);
            if (segment.extents.count() == 0) {
                segment.extents = null;
            }
        }
        bytes -= offset - segment.startOffset;
        segment.startOffset = offset;
    }

    private Segment changing(long id, long frame) {
        Segment segment = find(id);
        if (segment == null) {
            throw new LogException(
                    LogException.Kind.CORRUPT,
                    "frame " + frame + " changes segment number " + id + ", which does not exist");
        }
        segment.changedIn = frame;
        hot.change(segment);
        return segment;
    }

    private void add(Segment segment) {
        absent.remove(segment.name);
        hot.add(segment);
        hot.change(segment);
        count++;
    }

    private void remove(Segment segment) {
        if (segment.table != null) {
            segment.table.drop();
        }
        chunks.ended(segment);
        rows.remove(segment);
        hot.remove(segment);
        count--;
    }

    /** Takes over one segment from a snapshot of old. To be called on an empty state, like all that restores. */
    void restore(Segment segment) {
        add(segment);
        bytes += segment.length - segment.startOffset;
        logBytes += segment.logBytes;
        trimAll();
    }

    /** Takes over what a snapshot says of all segments together. */
    void restore(long segments, long dataBytes, long dataBytesInLog) {
        count = segments;
        bytes = dataBytes;
        logBytes = dataBytesInLog;
    }

    void restoreNextId(long id) {
        nextId = id;
    }
}
