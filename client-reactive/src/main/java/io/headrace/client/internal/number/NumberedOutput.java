/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.number;

import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.NumberedWriter;
import io.headrace.client.OutOfSequenceException;
import io.headrace.client.OverloadedException;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TruncatedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.WriterOptions;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.number.ProducerRecord.Session;
import io.headrace.client.internal.number.SegmentLink.SealedLinkException;
import io.headrace.client.internal.write.KeySpace;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.EventFrames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores the events of a producer, each once and in the order of their numbers, also across segments: an event is sent to
 * another segment than the one before when all before it are durable. So what is stored always is the events up to a number,
 * which is the largest one that any segment has of the producer.
 *
 * <p>Which segments those can be, the {@link ProducerRecord} tells: those of one epoch. Before an event goes to a segment of
 * another epoch, the record is told how far the events before went. So it does not matter what becomes of older segments.
 *
 * <p>Whoever begins changes the generation of the record first, then binds the writer to its own connections, and looks at
 * what is stored after that. Whoever binds a writer looks at the generation after that, and only then appends. So of two
 * writers one sees the other, and what the earlier one still had on its way is stored before the later one has looked, or
 * never. On the loop.
 */
public final class NumberedOutput implements SegmentLink.Owner {
    private static final int BLOCK_BYTES = 256 << 10;

    /** What comes while so many are under way makes larger blocks. */
    private static final int MAX_BLOCKS = 2;

    /** What an event costs beside its bytes, roughly. */
    private static final int OVERHEAD_BYTES = 128;

    private static final class Entry {
        final double position;
        final byte[] payload;
        final long acceptedNanos = System.nanoTime();
        final Promise<Void> stored = Promise.promise();

        Entry(double position, byte[] payload) {
            this.position = position;
            this.payload = payload;
        }

        long heldBytes() {
            return payload.length + (long) OVERHEAD_BYTES;
        }
    }

    private final Resources resources;
    private final Loop loop;
    private final StreamName stream;
    private final WriterOptions options;
    private final ProducerRecord record;
    private final String producer;

    /** Where events without a key go. */
    private final double ownPosition;

    private final Map<Long, SegmentLink> links = new HashMap<>();
    private final Backoff backoff = new Backoff();

    private @Nullable Future<Void> opening;

    /** Null before the first event and while segments are being replaced. */
    private @Nullable KeySpace<SegmentLink> space;

    /** Has all that was sent and is not stored. */
    private @Nullable SegmentLink current;

    // Numbers of events: the first is the smallest.
    private long stored;
    private long sent;
    private long accepted;

    /** Those above {@code stored}. */
    private final NavigableMap<Long, Entry> pending = new TreeMap<>();

    /** Numbers of the last events of blocks that are under way. */
    private final List<Long> blocks = new ArrayList<>();

    private long heldBytes;

    /** Whether a step is under way that must be done before anything is sent. */
    private boolean busy;

    private boolean awaitsRoom;
    private @Nullable HeadraceException end;
    private Loop.@Nullable Timer watch;
    private Loop.@Nullable Timer ending;

    public NumberedOutput(Resources resources, StreamName stream, String producer, WriterOptions options) {
        this.resources = resources;
        this.loop = resources.loop();
        this.stream = stream;
        this.options = options;
        this.record = new ProducerRecord(resources, stream, producer);
        this.producer = producer;
        this.ownPosition = RoutingKeyHash.position(producer);
    }

    /** The number of the last event that is stored, when all that was taken is. */
    public Future<Long> last() {
        return open().compose(opened -> drained()).map(drained -> stored);
    }

    /** True when the event has become durable, false if it was stored before. */
    public Future<Boolean> write(long sequence, @Nullable String key, byte[] payload) {
        if (sequence < 1 || sequence > NumberedWriter.MAX_SEQUENCE) {
            return Future.failedFuture(new IllegalArgumentException(
                    "a sequence is 1 to " + NumberedWriter.MAX_SEQUENCE + ", not " + sequence));
        }
        if (payload.length > EventFrames.MAX_EVENT) {
            return Future.failedFuture(
                    new IllegalArgumentException("an event of " + payload.length + " bytes is too large for this"));
        }
        double position = key == null ? ownPosition : RoutingKeyHash.position(key);
        Entry entry = new Entry(position, payload);
        return open().compose(opened -> take(sequence, entry));
    }

    private Future<Boolean> take(long sequence, Entry entry) {
        HeadraceException ended = end;
        if (ended != null) {
            return Future.failedFuture(ended);
        }
        if (sequence <= stored) {
            return Future.succeededFuture(false);
        }
        Entry before = pending.get(sequence);
        if (before != null) {
            return before.stored.future().map(false);
        }
        if (sequence != accepted + 1) {
            return Future.failedFuture(new OutOfSequenceException(
                    "sequence must be " + (accepted + 1) + ", one above the last one that came, not " + sequence,
                    accepted));
        }
        if (heldBytes > 0 && heldBytes + entry.heldBytes() > options.maxBytesInFlight()) {
            return Future.failedFuture(new OverloadedException(heldBytes + " bytes for " + stream
                    + " are under way, at most " + options.maxBytesInFlight() + " may be"));
        }
        accepted = sequence;
        heldBytes += entry.heldBytes();
        pending.put(sequence, entry);
        armWatch();
        pump();
        return entry.stored.future().map(true);
    }

    /** Ends when all is stored and that is noted. */
    public Future<Void> close() {
        if (opening == null || end != null) {
            fail(Loop.closed());
            return Future.succeededFuture();
        }
        return open().compose(opened -> drained()).compose(drained -> {
            fail(Loop.closed());
            return record.session().isOpen()
                    ? record.note(stored)
                            .compose(noted -> record.enter(record.session().closed()))
                    : Future.succeededFuture();
        });
    }

    private Future<Void> drained() {
        return pending.isEmpty()
                ? Future.succeededFuture()
                : pending.lastEntry().getValue().stored.future();
    }

    // ---------------------------------------------------------------------------------------------- beginning

    private Future<Void> open() {
        HeadraceException ended = end;
        if (ended != null) {
            return Future.failedFuture(ended);
        }
        Future<Void> known = opening;
        if (known == null) {
            ending = loop.whenEnding(() -> fail(Loop.closed()));
            known = retrying(record::takeOver).compose(taken -> find()).onFailure(cause -> fail(Errors.of(cause)));
            opening = known;
        }
        return known;
    }

    /** Finds out what is stored. */
    private Future<Void> find() {
        Session session = record.session();
        Future<Long> found = session.isOpen()
                ? resources.streams().epochSegments(stream, session.epoch()).compose(this::largest)
                : Future.succeededFuture(SegmentLink.NONE);
        return found.map(number -> {
            stored = Math.max(record.number(), number);
            sent = stored;
            accepted = stored;
            return null;
        });
    }

    private Future<Long> largest(List<StreamSegment> segments) {
        List<Future<Long>> asked = new ArrayList<>();
        for (StreamSegment segment : segments) {
            asked.add(retrying(link(segment.id())::setUpAndConfirm)
                    .recover(cause ->
                            Future.failedFuture(cause instanceof NotFoundException ? forgotten(segment.id()) : cause)));
        }
        return Future.all(asked).map(all -> all.<Long>list().stream().reduce(SegmentLink.NONE, Math::max));
    }

    private TruncatedException forgotten(long segmentId) {
        return new TruncatedException(
                "what was stored behind the event " + record.number() + " is not known any more: the segment "
                        + SegmentName.numberOf(segmentId) + " of " + stream + " was deleted meanwhile",
                -1);
    }

    /** Goes to the segments that take data now, unless {@code former} is still said to be one of them. */
    private Future<Void> enter(@Nullable SegmentLink former) {
        return resources.streams().currentSegments(stream).compose(segments -> {
            if (segments.isEmpty()) {
                return Future.failedFuture(new SealedException("the stream " + stream + " is sealed"));
            }
            if (former != null && segments.stream().anyMatch(segment -> segment.id() == former.id())) {
                return Future.failedFuture(new UnavailableException("the stream " + stream + " is being scaled"));
            }
            int epoch = segments.stream()
                    .mapToInt(segment -> SegmentName.epochOf(segment.id()))
                    .max()
                    .getAsInt();
            Session next = record.session().opened(epoch);
            Future<Void> noted = next.equals(record.session()) ? Future.succeededFuture() : record.note(stored);
            return noted.compose(done -> record.enter(next)).onSuccess(entered -> begin(segments));
        });
    }

    private void begin(List<StreamSegment> segments) {
        links.values().removeIf(link -> {
            boolean isGone = segments.stream().noneMatch(segment -> segment.id() == link.id());
            if (isGone) {
                link.end();
            }
            return isGone;
        });
        space = KeySpace.of(segments, segment -> link(segment.id()));
    }

    private SegmentLink link(long segmentId) {
        return links.computeIfAbsent(segmentId, id -> {
            String name = SegmentName.of(stream.scope(), stream.name(), id).qualified();
            return new SegmentLink(resources, id, name, ProducerRecord.writerId(producer, name), this);
        });
    }

    // ------------------------------------------------------------------------------------------------ sending

    private void pump() {
        while (end == null && !busy && sent < accepted) {
            KeySpace<SegmentLink> segments = space;
            if (segments == null) {
                step(retrying(() -> enter(null)));
                return;
            }
            SegmentLink link = segments.at(entry(sent + 1).position);
            if ((sent > stored && link != current) || blocks.size() >= MAX_BLOCKS) {
                return;
            }
            current = link;
            if (!link.isReady()) {
                step(bind(link));
                return;
            }
            if (awaitsRoom || !link.isWritable(this::onWritable)) {
                awaitsRoom = true;
                return;
            }
            sendBlock(segments, link);
        }
    }

    private void onWritable() {
        awaitsRoom = false;
        pump();
    }

    private Entry entry(long number) {
        Entry entry = pending.get(number);
        if (entry == null) {
            throw new IllegalStateException("no event " + number + " between " + stored + " and " + accepted);
        }
        return entry;
    }

    private void sendBlock(KeySpace<SegmentLink> segments, SegmentLink link) {
        List<byte[]> events = new ArrayList<>();
        int bytes = 0;
        while (sent < accepted) {
            Entry next = entry(sent + 1);
            int size = EventFrames.HEADER_BYTES + next.payload.length;
            if (!events.isEmpty() && (bytes + size > BLOCK_BYTES || segments.at(next.position) != link)) {
                break;
            }
            events.add(next.payload);
            bytes += size;
            sent++;
        }
        blocks.add(sent);
        link.send(events, bytes, sent);
    }

    /** Nothing is sent until this is done; if it fails, so does everything. */
    private void step(Future<Void> what) {
        busy = true;
        what.onComplete(
                done -> {
                    busy = false;
                    pump();
                },
                cause -> fail(Errors.of(cause)));
    }

    /** Binds the producer to a connection and sends again what was not stored. */
    private Future<Void> bind(SegmentLink link) {
        return retrying(() -> link.setUp()
                .compose(last -> record.check().map(own -> {
                    bound(link, last);
                    return false;
                }))
                .recover(cause -> cause instanceof SealedLinkException
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(cause))
                .compose(isSealed -> isSealed ? leave(link) : Future.succeededFuture()));
    }

    private void bound(SegmentLink link, long last) {
        if (last > sent) {
            throw record.takenOver();
        }
        if (link == current) {
            acknowledge(last);
            sendAgain();
        }
    }

    private void sendAgain() {
        sent = stored;
        blocks.clear();
        awaitsRoom = false;
    }

    /** A segment takes nothing more: what it has not stored goes where its keys are now. */
    private Future<Void> leave(SegmentLink link) {
        space = null;
        return retrying(link::stored)
                .recover(cause -> {
                    if (cause instanceof NotFoundException) {
                        return sent > stored
                                ? Future.failedFuture(forgotten(link.id()))
                                : Future.succeededFuture(SegmentLink.NONE);
                    }
                    return Future.failedFuture(cause);
                })
                .compose(last -> record.check().compose(own -> {
                    bound(link, last);
                    return retrying(() -> enter(link));
                }));
    }

    @Override
    public void onStored(SegmentLink link, long number) {
        if (link == current) {
            acknowledge(Math.min(number, sent));
            pump();
        }
    }

    private void acknowledge(long number) {
        List<Promise<Void>> told = new ArrayList<>();
        while (stored < number) {
            stored++;
            Entry entry = pending.remove(stored);
            if (entry != null) {
                heldBytes -= entry.heldBytes();
                told.add(entry.stored);
            }
        }
        blocks.removeIf(last -> last <= stored);
        told.forEach(Promise::tryComplete);
    }

    @Override
    public void onSealed(SegmentLink link) {
        if (link == current && !busy) {
            step(leave(link));
        }
    }

    @Override
    public void onLost(SegmentLink link, HeadraceException cause) {
        if (link == current && !busy) {
            awaitsRoom = false;
            if (sent > stored) {
                step(bind(link));
            } else {
                pump();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- ending

    /** Tries again what may succeed later, for as long as an event may take. */
    private <T> Future<T> retrying(Supplier<Future<T>> attempt) {
        return retrying(attempt, System.nanoTime() + options.deadline().toNanos());
    }

    private <T> Future<T> retrying(Supplier<Future<T>> attempt, long endNanos) {
        return attempt.get().onSuccess(done -> backoff.reset()).recover(cause -> {
            Duration pause = backoff.next();
            boolean isLate = System.nanoTime() + pause.toNanos() - endNanos > 0;
            if (end != null || isLate || !Errors.of(cause).isRetryable()) {
                return Future.failedFuture(cause);
            }
            Promise<T> later = Promise.promise();
            var unused = loop.after(pause, () -> retrying(attempt, endNanos).onComplete(later));
            return later.future();
        });
    }

    /** Everything that is not durable fails, and all that comes. */
    private void fail(HeadraceException cause) {
        if (end != null) {
            return;
        }
        end = cause;
        links.values().forEach(SegmentLink::end);
        links.clear();
        List<Entry> lost = List.copyOf(pending.values());
        pending.clear();
        heldBytes = 0;
        if (watch != null) {
            watch.cancel();
        }
        if (ending != null) {
            ending.cancel();
        }
        lost.forEach(entry -> entry.stored.tryFail(cause));
    }

    private void armWatch() {
        if (watch == null) {
            watch = loop.after(options.deadline().dividedBy(8), this::watch);
        }
    }

    private void watch() {
        watch = null;
        if (pending.isEmpty()) {
            return;
        }
        long age = System.nanoTime() - pending.firstEntry().getValue().acceptedNanos;
        if (age > options.deadline().toNanos()) {
            fail(new UnavailableException("an event for " + stream + " was not durable after " + options.deadline()));
        } else {
            armWatch();
        }
    }
}
