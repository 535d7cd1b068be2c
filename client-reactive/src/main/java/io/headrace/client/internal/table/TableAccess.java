/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.table;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.OverloadedException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.Serializer;
import io.headrace.client.TableCondition;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TablePut;
import io.headrace.client.TableRemoval;
import io.headrace.client.TableVersion;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.table.TableLayout.Partition;
import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.TableKeyBadVersion;
import io.headrace.codecs.wire.FailureReply.TableKeyDoesNotExist;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.Request;
import io.headrace.codecs.wire.TableReply.TableEntriesUpdated;
import io.headrace.codecs.wire.TableReply.TableKeysRead;
import io.headrace.codecs.wire.TableReply.TableKeysRemoved;
import io.headrace.codecs.wire.TableReply.TableRead;
import io.headrace.codecs.wire.TableRequest;
import io.headrace.codecs.wire.TableRequest.ReadTable;
import io.headrace.codecs.wire.TableRequest.ReadTableKeys;
import io.headrace.codecs.wire.TableRequest.RemoveTableKeys;
import io.headrace.codecs.wire.TableRequest.UpdateTableEntries;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What is asked of one table's segments. All but {@link #getAll} on the loop only. */
public final class TableAccess<K, V> {
    /** Most keys in one change. */
    public static final int MAX_KEYS = 256;

    private static final int MAX_VALUE_BYTES = (1 << 20) - (8 << 10);
    private static final int MAX_CHANGE_BYTES = 0xffffff - (8 << 10);

    /** What an entry has on the wire beside the bytes of its key and value. */
    private static final int ENTRY_OVERHEAD = 24;

    /** So many of the largest entries fit into one answer. */
    private static final int MAX_KEYS_PER_READ = 15;

    private static final int READS_AHEAD = 4;

    /** How much may be under way to the stores. One change is always accepted. */
    private static final long MAX_BYTES_IN_FLIGHT = 32 << 20;

    private record Slice<K>(Partition partition, List<K> keys, List<byte[]> stored, List<Integer> places) {
        Slice(Partition partition) {
            this(partition, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    private record Found<K, V>(int place, TableEntry<K, V> entry) {}

    private final Resources resources;
    private final TableName table;
    private final TableKeySerializer<K> keys;
    private final Serializer<V> values;
    private @Nullable Future<TableLayout> layout;
    private long bytesInFlight;

    public TableAccess(Resources resources, TableName table, TableKeySerializer<K> keys, Serializer<V> values) {
        this.resources = resources;
        this.table = table;
        this.keys = keys;
        this.values = values;
    }

    /** Is asked for once, unless it could not be had. */
    Future<TableLayout> layout() {
        resources.loop().check();
        Future<TableLayout> known = layout;
        if (known != null && !known.failed()) {
            return known;
        }
        Future<TableLayout> asked = TableLayout.of(resources, table);
        layout = asked;
        return asked;
    }

    /** See {@link io.headrace.client.KeyValueTable#getAll}; on any thread. */
    public Single<List<Optional<TableEntry<K, V>>>> getAll(List<K> wanted) {
        return resources
                .loop()
                .single(() -> layout().map(known -> slices(known, wanted)))
                .flatMapPublisher(Flowable::fromIterable)
                .flatMapSingle(slice -> resources.loop().single(() -> read(slice)), false, READS_AHEAD)
                .collect(
                        () -> new ArrayList<>(Collections.nCopies(wanted.size(), Optional.<TableEntry<K, V>>empty())),
                        (all, found) -> found.forEach(one -> all.set(one.place(), Optional.of(one.entry()))))
                .map(Collections::unmodifiableList);
    }

    private List<Slice<K>> slices(TableLayout known, List<K> wanted) {
        List<Slice<K>> all = new ArrayList<>();
        Map<Partition, Slice<K>> open = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            byte[] stored = known.stored(keys.serialize(wanted.get(i)));
            Slice<K> slice = open.computeIfAbsent(partitionOf(known, stored), Slice::new);
            slice.keys().add(wanted.get(i));
            slice.stored().add(stored);
            slice.places().add(i);
            if (slice.keys().size() == MAX_KEYS_PER_READ) {
                all.add(slice);
                open.remove(slice.partition());
            }
        }
        all.addAll(open.values());
        return all;
    }

    private Future<List<Found<K, V>>> read(Slice<K> slice) {
        String segment = slice.partition().segment();
        List<TableRequest.TableKey> asked = slice.stored().stream()
                .map(stored ->
                        new TableRequest.TableKey(Unpooled.wrappedBuffer(stored), TableRequest.TableKey.NO_VERSION))
                .toList();
        return ask(segment, id -> new ReadTable(id, segment, "", asked), TableRead.class)
                .map(read -> {
                    if (read.entries().size() != asked.size()) {
                        throw new ProtocolException("asked for " + asked.size() + " keys, " + segment + " gave "
                                + read.entries().size());
                    }
                    List<Found<K, V>> found = new ArrayList<>();
                    for (int i = 0; i < asked.size(); i++) {
                        TableRequest.TableEntry entry = read.entries().get(i);
                        if (entry.key().version() >= 0) {
                            found.add(new Found<>(
                                    slice.places().get(i), entry(slice.keys().get(i), slice.partition(), entry)));
                        }
                    }
                    return found;
                });
    }

    private TableEntry<K, V> entry(K key, Partition partition, TableRequest.TableEntry entry) {
        return new TableEntry<>(
                key,
                values.deserialize(entry.value().nioBuffer()),
                new TableVersion(partition.id(), entry.key().version()));
    }

    /** An entry as it is stored. */
    TableEntry<K, V> entry(TableLayout known, Partition partition, TableRequest.TableEntry entry) {
        return entry(key(known, entry.key()), partition, entry);
    }

    /** A key as it is stored. */
    K key(TableLayout known, TableRequest.TableKey key) {
        return keys.deserialize(known.parts(ByteBufUtil.getBytes(key.data())));
    }

    /** See {@link io.headrace.client.KeyValueTable#exists}. */
    public Future<Boolean> exists(K key) {
        return layout().compose(known -> {
            byte[] stored = known.stored(keys.serialize(key));
            String segment = partitionOf(known, stored).segment();
            TableRequest.IteratorArgs only = new TableRequest.IteratorArgs(
                    Unpooled.EMPTY_BUFFER, Unpooled.wrappedBuffer(stored), Unpooled.wrappedBuffer(stored));
            return ask(segment, id -> new ReadTableKeys(id, segment, "", 1, only), TableKeysRead.class)
                    .map(read -> !read.keys().isEmpty());
        });
    }

    /** See {@link io.headrace.client.KeyValueTable#putAll}. */
    public Future<List<TableVersion>> put(List<TablePut<K, V>> puts) {
        if (puts.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return layout().compose(known -> {
            List<TableRequest.TableEntry> entries = new ArrayList<>();
            Together together = new Together(known);
            for (TablePut<K, V> put : puts) {
                byte[] value = values.serialize(put.value());
                if (value.length > MAX_VALUE_BYTES) {
                    throw new IllegalArgumentException(
                            "a value may have " + MAX_VALUE_BYTES + " bytes, not " + value.length);
                }
                entries.add(new TableRequest.TableEntry(
                        together.add(put.key(), put.condition(), value.length), Unpooled.wrappedBuffer(value)));
            }
            Partition partition = together.partition();
            String segment = partition.segment();
            return change(
                            together,
                            id -> new UpdateTableEntries(id, segment, "", entries, -1),
                            TableEntriesUpdated.class)
                    .map(updated -> updated.updatedVersions().stream()
                            .map(version -> new TableVersion(partition.id(), version))
                            .toList());
        });
    }

    /** See {@link io.headrace.client.KeyValueTable#removeAll}. */
    public Future<Void> remove(List<TableRemoval<K>> removals) {
        if (removals.isEmpty()) {
            return Future.succeededFuture();
        }
        return layout().compose(known -> {
            Together together = new Together(known);
            List<TableRequest.TableKey> removed = removals.stream()
                    .map(removal -> together.add(removal.key(), removal.condition(), 0))
                    .toList();
            String segment = together.partition().segment();
            return change(together, id -> new RemoveTableKeys(id, segment, "", removed, -1), TableKeysRemoved.class)
                    .mapEmpty();
        });
    }

    private static Partition partitionOf(TableLayout known, byte[] stored) {
        return known.partitionOf(Arrays.copyOf(stored, known.settings().primaryKeyBytes()));
    }

    private <R extends Reply> Future<R> change(
            Together together, LongFunction<? extends Request> request, Class<R> expected) {
        if (bytesInFlight > 0 && bytesInFlight + together.bytes > MAX_BYTES_IN_FLIGHT) {
            return Future.failedFuture(new OverloadedException(bytesInFlight + " bytes for " + table
                    + " are under way, at most " + MAX_BYTES_IN_FLIGHT + " may be"));
        }
        bytesInFlight += together.bytes;
        return ask(together.partition().segment(), request, expected)
                .onComplete(ended -> bytesInFlight -= together.bytes);
    }

    /** Asks until it is answered; a condition that is not met at a later attempt may have been met at an earlier one. */
    <R extends Reply> Future<R> ask(String segment, LongFunction<? extends Request> request, Class<R> expected) {
        int[] attempts = new int[1];
        return resources
                .stores()
                .request(segment, id -> {
                    attempts[0]++;
                    return request.apply(id);
                })
                .compose(reply -> expected.isInstance(reply)
                        ? Future.succeededFuture(expected.cast(reply))
                        : Future.failedFuture(refusal(reply, attempts[0] > 1)));
    }

    private HeadraceException refusal(Reply reply, boolean askedBefore) {
        if (reply instanceof TableKeyBadVersion || reply instanceof TableKeyDoesNotExist) {
            return askedBefore
                    ? new UnavailableException("a change of " + table + " was not answered, and may have been made")
                    : new ConflictException("a key of " + table + " is not in the state that the change is for");
        }
        if (reply instanceof NoSuchSegment) {
            layout = null; // a table that is made anew under this name may be another
            return new NotFoundException("there is no table " + table);
        }
        String message = "the store answered " + reply + " about the table " + table;
        return reply instanceof AuthTokenCheckFailed
                        || reply instanceof OperationUnsupported
                        || reply instanceof ErrorMessage
                ? new RejectedException(message)
                : new ProtocolException(message);
    }

    /** Keys that are changed in one request, which all have the same primary part. */
    private final class Together {
        private final TableLayout known;
        private byte @Nullable [] first;
        private int count;
        private long bytes;

        Together(TableLayout known) {
            this.known = known;
        }

        /** @throws IllegalArgumentException if it does not belong to the others, or is too much */
        TableRequest.TableKey add(K key, TableCondition condition, int valueBytes) {
            byte[] stored = known.stored(keys.serialize(key));
            byte[] before = first;
            int primary = known.settings().primaryKeyBytes();
            if (before == null) {
                first = stored;
            } else if (!Arrays.equals(before, 0, primary, stored, 0, primary)) {
                throw new IllegalArgumentException("keys that are changed together need the same primary part");
            }
            bytes += stored.length + valueBytes + ENTRY_OVERHEAD;
            if (++count > MAX_KEYS || bytes > MAX_CHANGE_BYTES) {
                throw new IllegalArgumentException(
                        "at most " + MAX_KEYS + " keys and " + MAX_CHANGE_BYTES + " bytes can be changed together");
            }
            return new TableRequest.TableKey(Unpooled.wrappedBuffer(stored), version(condition));
        }

        private long version(TableCondition condition) {
            if (condition instanceof TableCondition.Is is) {
                if (is.version().segmentId() != partition().id()) {
                    throw new ConflictException("no key of this segment can have the version " + is.version());
                }
                return is.version().offset();
            }
            return condition instanceof TableCondition.Absent
                    ? TableRequest.TableKey.NOT_EXISTS
                    : TableRequest.TableKey.NO_VERSION;
        }

        Partition partition() {
            byte[] any = first;
            if (any == null) {
                throw new IllegalStateException("there is no key yet");
            }
            return partitionOf(known, any);
        }
    }
}
