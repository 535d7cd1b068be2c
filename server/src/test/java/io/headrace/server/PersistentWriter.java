/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.DeleteSegment;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.SegmentRequest.TruncateSegment;
import io.headrace.codecs.wire.WireCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes to a segment of its own until it is stopped, and connects again for as long as that takes. */
final class PersistentWriter implements AutoCloseable {
    private static final int EVENT_BYTES = 64 << 10;
    private static final int BYTES_IN_FLIGHT = 2 << 20;
    private static final long SETUP = 1;

    private final Supplier<String> store;
    private final String segment;
    private final long rolloverBytes;
    private final int eventBytes;
    private final long pauseNanos;

    /** Of an event in the segment. */
    private final int size;

    private final UUID writer;
    private final Thread thread;
    private volatile long acknowledged;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean stopped;
    private volatile @Nullable AssertionError failure;

    /** Events that the segment has been asked to drop. */
    private long truncated;

    /** @param store address of the segment store, which may change with a restart */
    PersistentWriter(Supplier<String> store, int number) {
        this(store, number, 0, EVENT_BYTES, 0);
    }

    /**
     * @param rolloverBytes a chunk of the segment ends here; 0 for the store's default
     * @param eventBytes of each event, which is one append
     * @param pauseMillis between events, so that others get to work, too
     */
    PersistentWriter(Supplier<String> store, int number, long rolloverBytes, int eventBytes, int pauseMillis) {
        this.store = store;
        this.segment = "scope/stream/" + number + ".#epoch.0";
        this.rolloverBytes = rolloverBytes;
        this.eventBytes = eventBytes;
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        this.size = EventFrames.HEADER_BYTES + eventBytes;
        this.writer = new UUID(7, number);
        this.thread = new Thread(this::run, "writer-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** Number of the last event that the store has acknowledged; they are numbered from 1. */
    long acknowledged() {
        AssertionError failed = failure;
        if (failed != null) {
            throw failed;
        }
        return acknowledged;
    }

    /** How many connections it has needed so far. */
    int connections() {
        return connections.get();
    }

    /** Ends when what is under way is answered, or refused. */
    void stop() {
        stopped = true;
    }

    /** Waits until it has ended. */
    void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public void close() {
        stop();
    }

    private void run() {
        while (!stopped) {
            try (StoreClient client = new StoreClient(store.get())) {
                connections.incrementAndGet();
                write(client);
            } catch (AssertionError e) {
                failure = e;
                stopped = true;
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    private void write(StoreClient client) throws IOException {
        client.send(new CreateSegment(SETUP, segment, 0, 0, "", rolloverBytes));
        assertThat(client.read()).isInstanceOfAny(SegmentCreated.class, SegmentAlreadyExists.class);
        client.send(new SetupAppend(SETUP, writer, segment, ""));
        long sent = Math.max(0, setUp(client).lastEventNumber());
        assertThat(sent).as("what was acknowledged is there").isGreaterThanOrEqualTo(acknowledged);
        acknowledged = sent;
        client.send(new GetStreamSegmentInfo(SETUP, segment, ""));
        assertThat(client.read(StreamSegmentInfo.class).writeOffset())
                .as("each append is there whole, or not at all")
                .isEqualTo(sent * size);
        int inFlight = Math.max(2, BYTES_IN_FLIGHT / eventBytes);
        while (!stopped) {
            while (sent < acknowledged + inFlight) {
                sent++;
                client.append(writer, sent, event(sent), SETUP);
                if (pauseNanos > 0) {
                    client.flush();
                    LockSupport.parkNanos(pauseNanos);
                }
            }
            WireCommand reply = client.read();
            if (reply instanceof DataAppended appended) {
                acknowledged = appended.eventNumber();
            } else if (!(reply instanceof WireCommand.KeepAlive)) {
                throw new IOException("refused: " + reply);
            }
        }
    }

    private static AppendSetup setUp(StoreClient client) throws IOException {
        WireCommand reply = client.read();
        while (reply instanceof WireCommand.KeepAlive) {
            reply = client.read();
        }
        assertThat(reply).isInstanceOf(AppendSetup.class);
        return (AppendSetup) reply;
    }

    /** Has the segment drop everything but so many of the events that have been acknowledged. */
    void truncate(StoreClient client, long kept) throws IOException {
        truncated = Math.max(truncated, acknowledged() - kept);
        client.send(new TruncateSegment(SETUP, segment, truncated * size, ""));
        client.read(SegmentTruncated.class);
    }

    /** Deletes the segment, of which there must not be more to write. */
    void delete(StoreClient client) throws IOException {
        client.send(new DeleteSegment(SETUP, segment, ""));
        client.read(SegmentDeleted.class);
    }

    void assertDeleted(StoreClient client) throws IOException {
        client.send(new GetStreamSegmentInfo(SETUP, segment, ""));
        client.read(NoSuchSegment.class);
    }

    /** Reads the segment; everything acknowledged, and not truncated, must be there once, in order. */
    void assertStored(StoreClient client) throws IOException {
        long events = truncated;
        long offset = truncated * size;
        ByteBuf unread = Unpooled.EMPTY_BUFFER;
        long last = acknowledged();
        while (events < last) {
            client.send(new ReadSegment(segment, offset, size, "", SETUP));
            Reply reply = client.read(Reply.class);
            assertThat(reply).isInstanceOf(SegmentRead.class);
            ByteBuf data = ((SegmentRead) reply).data();
            offset += data.readableBytes();
            unread = Unpooled.wrappedBuffer(unread, data);
            for (ByteBuf event = EventFrames.read(unread, eventBytes);
                    event != null;
                    event = EventFrames.read(unread, eventBytes)) {
                events++;
                assertThat(event).isEqualTo(Unpooled.wrappedBuffer(event(events)));
            }
            unread = Unpooled.copiedBuffer(unread);
        }
    }

    private byte[] event(long number) {
        byte[] event = new byte[eventBytes];
        new Random(writer.getLeastSignificantBits() << 40 | number).nextBytes(event);
        return event;
    }
}
