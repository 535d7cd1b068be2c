/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.read.SegmentPage;
import io.headrace.client.internal.revision.RevisionLog;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A stream of one segment whose entries are written on the condition that nobody else has written before: what several
 * programs agree by. May be used by any thread.
 */
public final class RevisionedStream<T> {
    private static final int PAGE_BYTES = 64 << 10;

    /**
     * Something that was read.
     *
     * @param revision the place behind it
     */
    public record Entry<T>(Revision revision, T value) {}

    private final Resources resources;
    private final RevisionLog log;
    private final Serializer<T> serializer;

    RevisionedStream(Resources resources, StreamName stream, Serializer<T> serializer) {
        this.resources = resources;
        this.log = new RevisionLog(resources, stream);
        this.serializer = serializer;
    }

    /** Where the oldest entry begins that is left. */
    public Single<Revision> oldest() {
        return resources.loop().single(() -> log.ends().compose(ends -> log.revision(ends.start())));
    }

    /** Where the stream ends now. */
    public Single<Revision> latest() {
        return resources.loop().single(() -> log.ends().compose(ends -> log.revision(ends.tail())));
    }

    /**
     * Everything from a revision on that is there when somebody subscribes; then it completes. {@link TruncatedException}
     * if what was there has been deleted.
     */
    public Flowable<Entry<T>> read(Revision from) {
        return resources.loop().single(log::ends).flatMapPublisher(ends -> {
            if (from.offset() < ends.start()) {
                return Flowable.error(RevisionLog.truncated(from.segment(), ends.start()));
            }
            return pages(from.segment(), from.offset(), ends.tail());
        });
    }

    private Flowable<Entry<T>> pages(String segment, long from, long to) {
        if (from >= to) {
            return Flowable.empty();
        }
        return resources.loop().single(() -> log.read(from, to, PAGE_BYTES)).flatMapPublisher(page -> {
            long next = page.nextOffset();
            return Flowable.fromIterable(page.entries())
                    .map(entry -> entry(segment, entry))
                    .concatWith(Flowable.defer(() -> pages(segment, next, to)));
        });
    }

    private Entry<T> entry(String segment, SegmentPage.Entry entry) {
        return new Entry<>(
                new Revision(segment, entry.nextOffset(), 0),
                serializer.deserialize(entry.payload().nioBuffer()));
    }

    /** Writes behind whatever is there, also behind what nobody has read. */
    public Completable write(T value) {
        return resources.loop().completable(() -> log.append(serializer.serialize(value)));
    }

    /**
     * Writes if the stream still ends where {@code latest} says, so that nobody has written since. Emits the place behind
     * the new entry; completes without it if somebody was faster: then nothing was written.
     */
    public Maybe<Revision> writeIf(Revision latest, T value) {
        return resources
                .loop()
                .single(() -> log.append(serializer.serialize(value), latest.offset()))
                .mapOptional(offset -> offset.map(end -> new Revision(latest.segment(), end, 0)));
    }

    /** The place that was marked last; none if there is no mark. */
    public Maybe<Revision> mark() {
        return resources
                .loop()
                .single(() -> log.mark()
                        .compose(mark -> mark.isEmpty()
                                ? Future.succeededFuture(Optional.<Revision>empty())
                                : log.revision(mark.getAsLong()).map(Optional::of)))
                .mapOptional(mark -> mark);
    }

    /**
     * Moves the mark if it is where it is expected. False if it is not; after a lost connection also if this very call has
     * moved it.
     *
     * @param expected empty: there is no mark
     * @param next empty: there shall be none
     */
    public Single<Boolean> compareAndSetMark(Optional<Revision> expected, Optional<Revision> next) {
        return resources.loop().single(() -> log.moveMark(offset(expected), offset(next)));
    }

    private static long offset(Optional<Revision> place) {
        return place.map(Revision::offset).orElse(RevisionLog.NO_MARK);
    }

    /** Deletes everything before the revision. */
    public Completable truncate(Revision start) {
        return resources.loop().completable(() -> log.truncate(start.offset()));
    }
}
