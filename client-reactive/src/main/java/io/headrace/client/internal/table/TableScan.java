/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.table;

import io.headrace.client.TableEntry;
import io.headrace.client.TableRange;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Emission;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.table.TableLayout.Bounds;
import io.headrace.client.internal.table.TableLayout.Partition;
import io.headrace.codecs.wire.TableReply.TableEntriesRead;
import io.headrace.codecs.wire.TableReply.TableKeysRead;
import io.headrace.codecs.wire.TableRequest;
import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.headrace.codecs.wire.TableRequest.ReadTableEntries;
import io.headrace.codecs.wire.TableRequest.ReadTableKeys;
import io.headrace.codecs.wire.TableRequest.TableKey;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/**
 * One subscription to a range of a table's keys, in their order over all segments. Of each segment at most one page is held or asked for, and only while something is wanted.
 *
 * @param <P> what a page is made of
 */
public final class TableScan<P, T> extends Emission<T> {
    private static final int MIN_PAGE = 16;
    private static final int MAX_PAGE = 256;

    /** How pages are asked for, and what is made of them. */
    private interface Source<P, T> {
        Future<List<P>> page(Partition partition, int count, IteratorArgs args);

        TableKey keyOf(P item);

        T make(TableLayout layout, Partition partition, P item);
    }

    private final Loop loop;
    private final Source<P, T> source;
    private final Supplier<Future<TableLayout>> layout;
    private final TableRange range;
    private final List<Lane> lanes = new ArrayList<>();

    /** Those that have something, by their next key. */
    private final PriorityQueue<Lane> ready = new PriorityQueue<>((a, b) -> Arrays.compareUnsigned(a.next, b.next));

    private boolean started;
    private Loop.@Nullable Timer ending;

    private TableScan(
            Resources resources,
            Source<P, T> source,
            Supplier<Future<TableLayout>> layout,
            TableRange range,
            Subscriber<? super T> subscriber) {
        super(resources.loop(), subscriber);
        this.loop = resources.loop();
        this.source = source;
        this.layout = layout;
        this.range = range;
    }

    /** Begins to read entries for a subscriber. */
    public static <K, V> void entries(
            Resources resources,
            TableAccess<K, V> access,
            TableRange range,
            Subscriber<? super TableEntry<K, V>> subscriber) {
        begin(
                resources,
                access,
                range,
                new Source<TableRequest.TableEntry, TableEntry<K, V>>() {
                    @Override
                    public Future<List<TableRequest.TableEntry>> page(
                            Partition partition, int count, IteratorArgs args) {
                        String segment = partition.segment();
                        return access.ask(
                                        segment,
                                        id -> new ReadTableEntries(id, segment, "", count, args),
                                        TableEntriesRead.class)
                                .map(TableEntriesRead::entries);
                    }

                    @Override
                    public TableKey keyOf(TableRequest.TableEntry item) {
                        return item.key();
                    }

                    @Override
                    public TableEntry<K, V> make(
                            TableLayout layout, Partition partition, TableRequest.TableEntry item) {
                        return access.entry(layout, partition, item);
                    }
                },
                subscriber);
    }

    /** Begins to read keys for a subscriber. */
    public static <K> void keys(
            Resources resources, TableAccess<K, ?> access, TableRange range, Subscriber<? super K> subscriber) {
        begin(
                resources,
                access,
                range,
                new Source<TableKey, K>() {
                    @Override
                    public Future<List<TableKey>> page(Partition partition, int count, IteratorArgs args) {
                        String segment = partition.segment();
                        return access.ask(
                                        segment,
                                        id -> new ReadTableKeys(id, segment, "", count, args),
                                        TableKeysRead.class)
                                .map(TableKeysRead::keys);
                    }

                    @Override
                    public TableKey keyOf(TableKey item) {
                        return item;
                    }

                    @Override
                    public K make(TableLayout layout, Partition partition, TableKey item) {
                        return access.key(layout, item);
                    }
                },
                subscriber);
    }

    private static <P, T> void begin(
            Resources resources,
            TableAccess<?, ?> access,
            TableRange range,
            Source<P, T> source,
            Subscriber<? super T> subscriber) {
        new TableScan<>(resources, source, access::layout, range, subscriber).begin();
    }

    @Override
    protected void start() {
        ending = loop.whenEnding(() -> fail(Loop.closed()));
        layout.get()
                .onComplete(
                        known -> {
                            try {
                                open(known, known.bounds(range));
                            } catch (IllegalArgumentException e) {
                                fail(e);
                            }
                        },
                        this::fail);
    }

    private void open(TableLayout layout, Bounds bounds) {
        if (isDone()) {
            return;
        }
        for (Partition partition : bounds.partitions()) {
            lanes.add(new Lane(partition, bounds.from(), bounds.to(), item -> source.make(layout, partition, item)));
        }
        started = true;
        scheduleTurn();
    }

    @Override
    protected boolean hasNext() {
        return !lanes.isEmpty() && ready.size() == lanes.size();
    }

    @Override
    protected void emitNext() {
        emit(ready.remove().take());
    }

    @Override
    protected void feed() {
        if (started && lanes.isEmpty()) {
            complete();
        } else if (isWanted()) {
            List.copyOf(lanes).forEach(Lane::feed);
        }
    }

    @Override
    protected void end() {
        if (ending != null) {
            ending.cancel();
        }
        lanes.clear();
        ready.clear();
    }

    /** A segment that has keys of the range, as far as is known. */
    private final class Lane {
        private final Partition partition;
        private final byte[] to;
        private final Function<P, T> make;
        private final Deque<P> items = new ArrayDeque<>();

        /** Where the next page begins, or the key of the first item. */
        private byte[] next;

        private boolean asking;
        private boolean ended;

        Lane(Partition partition, byte[] from, byte[] to, Function<P, T> make) {
            this.partition = partition;
            this.next = from;
            this.to = to;
            this.make = make;
        }

        T take() {
            P item = items.remove();
            P following = items.peek();
            if (following != null) {
                next = keyOf(following);
                ready.add(this);
            } else {
                ended = !increment(next) || Arrays.compareUnsigned(next, to) > 0;
                if (ended) {
                    lanes.remove(this);
                }
            }
            return make.apply(item);
        }

        void feed() {
            if (asking || ended || !items.isEmpty()) {
                return;
            }
            asking = true;
            int count = (int) Math.max(MIN_PAGE, Math.min(MAX_PAGE, wanted()));
            IteratorArgs args = new IteratorArgs(
                    Unpooled.EMPTY_BUFFER, Unpooled.wrappedBuffer(next.clone()), Unpooled.wrappedBuffer(to));
            source.page(partition, count, args).onComplete(this::onPage, cause -> fail(Errors.of(cause)));
        }

        private void onPage(List<P> page) {
            asking = false;
            if (isDone()) {
                return;
            }
            if (page.isEmpty()) {
                ended = true;
                lanes.remove(this);
            } else {
                items.addAll(page);
                next = keyOf(page.get(0));
                ready.add(this);
            }
            scheduleTurn();
        }

        private byte[] keyOf(P item) {
            return ByteBufUtil.getBytes(source.keyOf(item).data());
        }
    }

    /** Makes the key the next one; false if it was the last there can be. */
    static boolean increment(byte[] key) {
        for (int i = key.length - 1; i >= 0; i--) {
            if (++key[i] != 0) {
                return true;
            }
        }
        return false;
    }
}
