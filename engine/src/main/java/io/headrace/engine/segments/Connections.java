/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand.Read;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What ties segments to client connections: bound writers, waiting reads and transient segments. Volatile: it starts
 * empty with each owner of the partition. Each tie is found from both ends, so that the end of a connection and the end
 * of a segment cost as much as they have ties.
 */
final class Connections {
    /** Reads of one connection that may wait at a time. */
    static final int MAX_WAITING_READS = 10_000;

    /** Writers that one connection may have bound at a time. */
    static final int MAX_WRITERS = 100_000;

    /** What a writer or a waiting read takes on the heap, beside its segment; measured. */
    static final int TIE_BYTES = 256;

    private final LongObjectMap<Connection> connections = new LongObjectHashMap<>();
    private final long maxBytes;
    private long nextNumber;
    private int waitingReads;

    /** About how much heap is taken by what is tied to connections, segments included. */
    private long bytes;

    static final class Connection {
        final long id;
        final Set<Writer> writers = new HashSet<>();
        final Set<WaitingRead> reads = new HashSet<>();
        final Set<Segment> transients = new HashSet<>();

        Connection(long id) {
            this.id = id;
        }
    }

    /** A writer of a segment, bound to a connection. */
    static final class Writer {
        final Segment segment;
        final UUID id;
        Connection connection;

        Writer(Segment segment, UUID id, Connection connection) {
            this.segment = segment;
            this.id = id;
            this.connection = connection;
        }
    }

    /** A read at or beyond the end of a segment. */
    static final class WaitingRead {
        final long number;
        final Segment segment;
        final Connection connection;
        final Read command;
        final ReplyTo<? super SegmentReply> replyTo;

        WaitingRead(
                long number,
                Segment segment,
                Connection connection,
                Read command,
                ReplyTo<? super SegmentReply> replyTo) {
            this.number = number;
            this.segment = segment;
            this.connection = connection;
            this.command = command;
            this.replyTo = replyTo;
        }
    }

    /** @param maxBytes heap up to which writers may be bound and reads may wait */
    Connections(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    int waitingReads() {
        return waitingReads;
    }

    /**
     * Binds a writer to a connection, whatever it was bound to before.
     *
     * @return why not; null if it is bound
     */
    @Nullable
    String bind(Segment segment, UUID writerId, long connectionId) {
        Connection connection = connection(connectionId);
        Attached attached = Attached.of(segment);
        Writer writer = attached.writers.get(writerId);
        if (writer != null && writer.connection == connection) {
            return null;
        }
        if (connection.writers.size() >= MAX_WRITERS) {
            return "a connection has at most " + MAX_WRITERS + " writers";
        }
        if (writer == null) {
            if (isFull()) {
                return fullness();
            }
            tie(attached);
            writer = new Writer(segment, writerId, connection);
            attached.writers.put(writerId, writer);
        } else {
            writer.connection.writers.remove(writer);
            writer.connection = connection;
        }
        connection.writers.add(writer);
        return null;
    }

    private boolean isFull() {
        return bytes + HotSegments.SEGMENT_BYTES + TIE_BYTES > maxBytes;
    }

    private String fullness() {
        return "writers and waiting reads take " + bytes / 1024 + " KiB of the heap, which is all that they may;"
                + " more of them need a larger heap";
    }

    /** One more writer or read is about to be tied to a segment. */
    private void tie(Attached attached) {
        bytes += TIE_BYTES + (attached.isInUse() ? 0 : HotSegments.SEGMENT_BYTES);
    }

    /** One that was tied to a segment is not any more. */
    private void untie(Attached attached) {
        bytes -= TIE_BYTES + (attached.isInUse() ? 0 : HotSegments.SEGMENT_BYTES);
    }

    boolean isBound(Segment segment, UUID writerId, long connectionId) {
        Attached attached = segment.attached;
        Writer writer = attached == null ? null : attached.writers.get(writerId);
        return writer != null && writer.connection.id == connectionId;
    }

    /** Lets a transient segment live as long as the connection. */
    void own(Segment segment, long connectionId) {
        Connection connection = connection(connectionId);
        Attached attached = Attached.of(segment);
        tie(attached);
        attached.owner = connection;
        connection.transients.add(segment);
    }

    /**
     * Lets a read wait.
     *
     * @return why not; null if it waits
     */
    @Nullable
    String park(Segment segment, Read command, ReplyTo<? super SegmentReply> replyTo) {
        Connection connection = connection(command.connection());
        if (connection.reads.size() >= MAX_WAITING_READS) {
            return "more than " + MAX_WAITING_READS + " reads of one connection wait for data; use fewer at a time";
        }
        if (isFull()) {
            return fullness();
        }
        tie(Attached.of(segment));
        WaitingRead read = new WaitingRead(nextNumber++, segment, connection, command, replyTo);
        connection.reads.add(read);
        Attached.of(segment).reads.add(read);
        waitingReads++;
        return null;
    }

    /** Takes a waiting read of the segment that starts below {@code limit}; null if there is none. */
    @Nullable
    WaitingRead takeBelow(Segment segment, long limit) {
        Attached attached = segment.attached;
        if (attached == null
                || attached.reads.isEmpty()
                || attached.reads.first().command.offset() >= limit) {
            return null;
        }
        WaitingRead read = attached.reads.first();
        attached.reads.remove(read);
        untie(attached);
        read.connection.reads.remove(read);
        waitingReads--;
        return read;
    }

    /** Takes all waiting reads of the segment, lowest offset first. */
    List<WaitingRead> takeAll(Segment segment) {
        Attached attached = segment.attached;
        if (attached == null || attached.reads.isEmpty()) {
            return List.of();
        }
        List<WaitingRead> reads = new ArrayList<>(attached.reads);
        for (WaitingRead read : reads) {
            attached.reads.remove(read);
            untie(attached);
            read.connection.reads.remove(read);
        }
        waitingReads -= reads.size();
        return reads;
    }

    /** Cuts all ties of a segment that ends. To be called after its waiting reads were taken. */
    void detach(Segment segment) {
        Attached attached = segment.attached;
        if (attached != null) {
            for (Writer writer : List.copyOf(attached.writers.values())) {
                attached.writers.remove(writer.id);
                untie(attached);
                writer.connection.writers.remove(writer);
            }
            Connection owner = attached.owner;
            if (owner != null) {
                attached.owner = null;
                untie(attached);
                owner.transients.remove(segment);
            }
            segment.attached = null;
        }
    }

    /** Cuts all ties of a connection that has ended: its waiting reads are told, its transient segments returned. */
    List<Segment> disconnect(long connectionId) {
        Connection connection = connections.remove(connectionId);
        if (connection == null) {
            return List.of();
        }
        for (Writer writer : connection.writers) {
            Attached attached = Attached.of(writer.segment);
            attached.writers.remove(writer.id);
            untie(attached);
        }
        for (WaitingRead read : connection.reads) {
            Attached attached = Attached.of(read.segment);
            attached.reads.remove(read);
            untie(attached);
            read.replyTo.lost("the connection has ended");
        }
        waitingReads -= connection.reads.size();
        List<Segment> transients = new ArrayList<>(connection.transients);
        for (Segment segment : transients) {
            Attached attached = Attached.of(segment);
            attached.owner = null;
            untie(attached);
        }
        return transients;
    }

    /** Forgets everything and tells all waiting reads. */
    void lost(String reason) {
        for (Connection connection : connections.values()) {
            connection.reads.forEach(read -> read.replyTo.lost(reason));
            connection.reads.clear();
        }
        connections.clear();
        waitingReads = 0;
        bytes = 0;
    }

    private Connection connection(long id) {
        Connection connection = connections.get(id);
        if (connection == null) {
            connection = new Connection(id);
            connections.put(id, connection);
        }
        return connection;
    }
}
