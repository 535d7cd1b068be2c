/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.number.NumberedOutput;
import io.headrace.codecs.name.Names;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;

/**
 * Writes events that the program has numbered: 1, 2, 3 and so on. The stream remembers for each producer which event it
 * stored last, so that an event may be written again after anything, a restart of the program or of the server included,
 * and is stored once. An event is stored only when all before it are, also if they have other routing keys: so what is
 * stored of a producer always is the events up to a number.
 *
 * <p>That has a price where events with keys of different segments follow each other: they do not travel together. Events
 * without keys stay together.
 *
 * <p>There is one writer of a producer at a time. Who begins later takes over, and what the earlier one writes from then on
 * fails with {@link ConflictException}. After any failure but {@link OutOfSequenceException} and {@link OverloadedException}
 * this writer takes nothing more; another one finds out what was stored. May be used by any thread; the order of events is
 * that of subscription.
 */
public final class NumberedWriter<T> {
    /** The largest number that an event can have: what all programs that know JSON can count to. */
    public static final long MAX_SEQUENCE = (1L << 53) - 1;

    private final Resources resources;
    private final Serializer<T> serializer;
    private final NumberedOutput output;

    NumberedWriter(
            Resources resources, StreamName stream, String producer, Serializer<T> serializer, WriterOptions options) {
        if (!Names.isUserName(producer)) {
            throw new IllegalArgumentException("\"" + producer + "\" cannot be the name of a producer");
        }
        this.resources = resources;
        this.serializer = serializer;
        this.output = new NumberedOutput(resources, stream, producer, options);
    }

    /** Takes over from other writers of this producer; emits the number of the last event that is stored, 0 if none is. */
    public Single<Long> last() {
        return resources.loop().single(output::last);
    }

    /**
     * Writes an event. Emits true when it is durable, false if it was written before, and is durable now.
     *
     * @param sequence one above that of the event before; {@link OutOfSequenceException} if it is further above
     */
    public Single<Boolean> write(long sequence, String routingKey, T event) {
        return resources.loop().single(() -> output.write(sequence, routingKey, serializer.serialize(event)));
    }

    /** The same without a routing key: behind all events of this producer that have none, either. */
    public Single<Boolean> write(long sequence, T event) {
        return resources.loop().single(() -> output.write(sequence, null, serializer.serialize(event)));
    }

    /** Completes when all that was written is durable and that is noted; takes nothing from then on. */
    public Completable close() {
        return resources.loop().completable(output::close);
    }
}
