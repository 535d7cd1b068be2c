/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
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
    static final int EVENT_BYTES = 64 << 10;
    private static final int IN_FLIGHT = 32;
    private static final long SETUP = 1;

    private final Supplier<String> store;
    private final String segment;
    private final UUID writer;
    private final Thread thread;
    private volatile long acknowledged;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean stopped;
    private volatile @Nullable AssertionError failure;

    /** @param store address of the segment store, which may change with a restart */
    PersistentWriter(Supplier<String> store, int number) {
        this.store = store;
        this.segment = "scope/stream/" + number + ".#epoch.0";
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
        client.send(new CreateSegment(SETUP, segment, 0, 0, "", 0));
        assertThat(client.read()).isInstanceOfAny(SegmentCreated.class, SegmentAlreadyExists.class);
        client.send(new SetupAppend(SETUP, writer, segment, ""));
        long sent = Math.max(0, setUp(client).lastEventNumber());
        assertThat(sent).as("what was acknowledged is there").isGreaterThanOrEqualTo(acknowledged);
        acknowledged = sent;
        while (!stopped) {
            while (sent < acknowledged + IN_FLIGHT) {
                sent++;
                client.append(writer, sent, event(sent), SETUP);
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

    /** Reads the segment; everything acknowledged must be there once, in order. */
    void assertStored(StoreClient client) throws IOException {
        long events = 0;
        long offset = 0;
        int size = EventFrames.HEADER_BYTES + EVENT_BYTES;
        ByteBuf unread = Unpooled.EMPTY_BUFFER;
        long last = acknowledged();
        while (events < last) {
            client.send(new ReadSegment(segment, offset, size, "", SETUP));
            Reply reply = client.read(Reply.class);
            assertThat(reply).isInstanceOf(SegmentRead.class);
            ByteBuf data = ((SegmentRead) reply).data();
            offset += data.readableBytes();
            unread = Unpooled.wrappedBuffer(unread, data);
            for (ByteBuf event = EventFrames.read(unread, EVENT_BYTES);
                    event != null;
                    event = EventFrames.read(unread, EVENT_BYTES)) {
                events++;
                assertThat(event).isEqualTo(Unpooled.wrappedBuffer(event(events)));
            }
            unread = Unpooled.copiedBuffer(unread);
        }
    }

    private byte[] event(long number) {
        byte[] event = new byte[EVENT_BYTES];
        new Random(writer.getLeastSignificantBits() << 40 | number).nextBytes(event);
        return event;
    }
}
