/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceClient;
import io.headrace.client.NumberedWriter;
import io.headrace.client.OutOfSequenceException;
import io.headrace.client.OverloadedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The producers of all connections. What they have stored the streams themselves remember; here is who may publish for one,
 * which is the connection that has last begun to, and a writer, which goes when it was not used for a while. Belongs to the
 * event loop of the HTTP port.
 */
final class Producers {
    /** Beyond that who has published nothing for longest has to be found out anew. */
    private static final int MAX_OPEN = 10_000;

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A producer of a stream. */
    record Name(StreamName stream, String producer) {
        ProblemException takenOver() {
            return new ProblemException(
                    409, "another connection has taken over the producer " + producer + " of " + stream);
        }
    }

    /** A connection that publishes for producers. */
    interface Owner {
        /** Another one does it from here on. */
        void lost(Name name);
    }

    private static final class Open {
        final NumberedWriter<byte[]> writer;
        Owner owner;
        int underWay;
        long usedNanos;

        Open(NumberedWriter<byte[]> writer, Owner owner) {
            this.writer = writer;
            this.owner = owner;
        }
    }

    private final HeadraceClient client;
    private final Context context;
    private final WriterOptions options;

    /** Those that were not used for longest first. */
    private final Map<Name, Open> open = new LinkedHashMap<>(16, 0.75f, true);

    Producers(HeadraceClient client, Context context, long maxBytesInFlight) {
        this.client = client;
        this.context = context;
        this.options = WriterOptions.defaults().withMaxBytesInFlight(2 * maxBytesInFlight);
    }

    /** The last number that is stored of a producer, which is the owner's from here on. */
    Future<Long> last(Name name, Owner owner) {
        return use(name, owner, NumberedWriter::last);
    }

    /** True when the event is durable, false if it was before. */
    Future<Boolean> publish(Name name, Owner owner, long sequence, @Nullable String key, byte[] event) {
        return use(
                name,
                owner,
                writer -> key == null ? writer.write(sequence, event) : writer.write(sequence, key, event));
    }

    private <R> Future<R> use(Name name, Owner owner, Function<NumberedWriter<byte[]>, Single<R>> what) {
        Open used = open(name, owner);
        used.underWay++;
        Promise<R> done = Promise.promise();
        var unused = what.apply(used.writer)
                .subscribe(
                        result -> context.runOnContext(nothing -> {
                            release(used);
                            done.complete(result);
                        }),
                        failure -> context.runOnContext(nothing -> {
                            release(used);
                            failed(name, used, failure);
                            done.fail(failure);
                        }));
        return done.future();
    }

    private Open open(Name name, Owner owner) {
        Open known = open.get(name);
        if (known == null) {
            if (open.size() >= MAX_OPEN && !closeIdle(1, 0)) {
                throw new ProblemException(429, "there are " + open.size() + " producers, and can be no more now");
            }
            known = new Open(client.numberedWriter(name.stream, name.producer, Serializers.bytes(), options), owner);
            open.put(name, known);
        } else if (known.owner != owner) {
            known.owner.lost(name);
            known.owner = owner;
        }
        return known;
    }

    private static void release(Open used) {
        used.underWay--;
        used.usedNanos = System.nanoTime();
    }

    /** After most failures a writer takes nothing more: the next one finds out what is stored. */
    private void failed(Name name, Open used, Throwable failure) {
        if (failure instanceof OutOfSequenceException
                || failure instanceof OverloadedException
                || failure instanceof IllegalArgumentException) {
            return;
        }
        boolean wasOpen = open.remove(name, used);
        if (wasOpen && failure instanceof ConflictException) {
            // At another node.
            used.owner.lost(name);
        }
    }

    /** Lets go of those that were not used for a while. */
    void tick() {
        closeIdle(Integer.MAX_VALUE, IDLE_NANOS);
    }

    private boolean closeIdle(int most, long idleNanos) {
        long now = System.nanoTime();
        List<Name> idle = new ArrayList<>();
        for (Map.Entry<Name, Open> entry : open.entrySet()) {
            Open candidate = entry.getValue();
            if (idle.size() == most) {
                break;
            }
            if (candidate.underWay == 0 && now - candidate.usedNanos >= idleNanos) {
                idle.add(entry.getKey());
                var unused = candidate.writer.close().onErrorComplete().subscribe();
            }
        }
        idle.forEach(open::remove);
        return !idle.isEmpty();
    }
}
