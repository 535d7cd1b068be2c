/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headrace.client.Administration;
import io.headrace.client.ConflictException;
import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyRange;
import io.headrace.client.KeyValueTable;
import io.headrace.client.NotFoundException;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroups;
import io.headrace.client.SealedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKey;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Something of each kind that a server keeps: put there, found again, and gone on with in rounds. {@link FormerDataTest}
 * opens directories that servers of older versions have left. Such a directory is made with a distribution of that version:
 * start it with {@code --tier2-delay 100ms}, run this class with {@code fill} and the address of its controller, end it
 * with SIGTERM, and put its directory away; start it again, run this with {@code goOn}, end it with SIGKILL, and put the
 * directory away.
 */
final class FormerData {
    private static final String SCOPE = "kept";
    private static final StreamName EVENTS = new StreamName(SCOPE, "events");
    private static final StreamName TRANSACTIONS = new StreamName(SCOPE, "transactions");
    private static final StreamName TRUNCATED = new StreamName(SCOPE, "truncated");
    private static final StreamName SEALED = new StreamName(SCOPE, "sealed");
    private static final StreamName SHARED = new StreamName(SCOPE, "shared");
    private static final TableName TABLE = new TableName(SCOPE, "table");
    private static final String GROUP = "group";
    private static final String OPEN = "open";
    private static final int KEYS = 10;
    private static final int FIRST_EVENTS = 600;
    private static final int EVENTS_OF_ROUND = 100;
    private static final int ENTRIES = 50;
    private static final int TAKEN = 20;
    private static final int SHARED_EVENTS = 50;
    private static final long PATIENCE_SECONDS = 60;
    private static final TableKeySerializer<String> TEXT = TableKeySerializer.of(
            text -> TableKey.of(text),
            key -> StandardCharsets.UTF_8.decode(key.primary()).toString());

    private final HeadraceClient client;
    private final Administration admin;

    FormerData(HeadraceClient client) {
        this.client = client;
        this.admin = client.administration();
    }

    public static void main(String[] arguments) {
        try (HeadraceClient client = HeadraceClient.connect(URI.create("tcp://" + arguments[1]))) {
            FormerData data = new FormerData(client);
            switch (arguments[0]) {
                case "fill" -> data.fill();
                case "goOn" -> data.goOn(0);
                case "check" -> data.check(Integer.parseInt(arguments[2]));
                default -> throw new IllegalArgumentException("fill, goOn or check, not " + arguments[0]);
            }
        }
    }

    private void create(StreamName stream, int segments) {
        admin.createStream(stream, StreamConfiguration.fixed(segments))
                .ignoreElement()
                .blockingAwait();
    }

    /** Events are {@code key/number}, the key is the number modulo {@link #KEYS}. */
    private void write(StreamName stream, int first, int count) {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        writer.writeAll(Flowable.range(first, count).map(i -> i % KEYS + "/" + i), event -> event.substring(0, 1))
                .andThen(writer.close())
                .blockingAwait();
    }

    private KeyValueTable<String, String> table() {
        return client.table(TABLE, TEXT, Serializers.utf8());
    }

    private static String key(int number) {
        return "key-%04d".formatted(number);
    }

    /** Puts everything there. */
    void fill() {
        admin.createScope(SCOPE).ignoreElement().blockingAwait();
        create(EVENTS, 2);
        write(EVENTS, 0, FIRST_EVENTS / 2);
        admin.scale(EVENTS, Set.of(0L), List.of(new KeyRange(0, 0.25), new KeyRange(0.25, 0.5)))
                .blockingAwait();
        write(EVENTS, FIRST_EVENTS / 2, FIRST_EVENTS / 2);

        create(TRUNCATED, 1);
        write(TRUNCATED, 0, 100);
        StreamCut cut = admin.tail(TRUNCATED).blockingGet();
        write(TRUNCATED, 100, 100);
        admin.truncate(cut).blockingAwait();

        create(SEALED, 2);
        write(SEALED, 0, 100);
        admin.sealStream(SEALED).blockingAwait();

        admin.createTable(TABLE, TableConfiguration.of(4, key(0).length(), 0))
                .ignoreElement()
                .blockingAwait();
        for (int i = 0; i < ENTRIES; i++) {
            table().put(key(i), "first " + i).ignoreElement().blockingAwait();
        }
        table().remove(key(7)).blockingAwait();

        create(TRANSACTIONS, 2);
        commit(0);
        EventWriter<String> writer = client.writer(
                TRANSACTIONS, Serializers.utf8(), WriterOptions.defaults().withLease(Duration.ofMinutes(1)));
        Transaction<String> open = writer.begin().blockingGet();
        open.write("k", "never").ignoreElement().blockingAwait();
        table().put(key(9999), OPEN + open.id()).ignoreElement().blockingAwait();

        create(SHARED, 2);
        write(SHARED, 0, SHARED_EVENTS);
        ReaderGroups groups = client.readerGroups(SCOPE);
        groups.create(GROUP, ReaderGroupConfiguration.of(SHARED))
                .ignoreElement()
                .blockingAwait();
        assertThat(take(TAKEN)).hasSize(TAKEN);
    }

    /** Events of the group's stream that nobody has taken, which may be fewer. */
    private List<String> take(int count) {
        return client.readerGroups(SCOPE)
                .group(GROUP)
                .reader("r", Serializers.utf8())
                .events()
                .map(Event::value)
                .take(count)
                .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .toList()
                .blockingGet();
    }

    private void commit(int round) {
        EventWriter<String> writer = client.writer(TRANSACTIONS, Serializers.utf8());
        Transaction<String> transaction = writer.begin().blockingGet();
        transaction
                .writeAll(Flowable.range(round * 20, 20).map(i -> "1/" + i), event -> "1")
                .andThen(transaction.commit())
                .blockingAwait();
        await("the transaction is committed", transaction, Transaction.Status.COMMITTED);
    }

    private static void await(String what, Transaction<String> transaction, Transaction.Status status) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (transaction.status().blockingGet() != status) {
            if (System.nanoTime() > deadline) {
                fail("%s: not within %s s", what, PATIENCE_SECONDS);
            }
        }
    }

    /**
     * Adds to what is there.
     *
     * @param round how many there were before
     */
    void goOn(int round) {
        write(EVENTS, FIRST_EVENTS + round * EVENTS_OF_ROUND, EVENTS_OF_ROUND);
        write(TRUNCATED, 200 + round * 10, 10);
        commit(1 + round);
        for (int i = 0; i < ENTRIES; i += 10) {
            table().put(key(i), "round " + round).ignoreElement().blockingAwait();
        }
        table().put(key(100 + round), "new").ignoreElement().blockingAwait();
    }

    /**
     * Checks all of it, but for the group.
     *
     * @param rounds how many there were
     */
    void check(int rounds) {
        checkOrder(readAll(EVENTS), 0, FIRST_EVENTS + rounds * EVENTS_OF_ROUND);
        checkOrder(readAll(TRUNCATED), 100, 200 + rounds * 10);
        checkOrder(readAll(SEALED), 0, 100);
        assertThat(admin.currentSegments(EVENTS).blockingGet()).hasSize(3);
        assertThat(admin.streams(SCOPE).toList().blockingGet())
                .contains(EVENTS, TRUNCATED, SEALED, TRANSACTIONS, SHARED);
        List<String> committed = new ArrayList<>();
        for (int i = 0; i < 20 * (1 + rounds); i++) {
            committed.add("1/" + i);
        }
        assertThat(readAll(TRANSACTIONS)).isEqualTo(committed);
        for (int i = 0; i < ENTRIES; i++) {
            String expected = i == 7 ? "none" : i % 10 == 0 && rounds > 0 ? "round " + (rounds - 1) : "first " + i;
            assertThat(value(key(i))).as(key(i)).isEqualTo(expected);
        }
        for (int i = 0; i < rounds; i++) {
            assertThat(value(key(100 + i))).isEqualTo("new");
        }
    }

    private String value(String key) {
        return table().get(key).map(TableEntry::value).defaultIfEmpty("none").blockingGet();
    }

    private List<String> readAll(StreamName stream) {
        EventReader<String> reader = client.reader(stream, Serializers.utf8());
        return admin.tail(stream)
                .map(reader::until)
                .onErrorResumeNext(
                        cause -> cause instanceof SealedException ? Single.just(reader) : Single.error(cause))
                .flatMapPublisher(EventReader::events)
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    /** Each from one number up to another, in the order of its key. */
    private static void checkOrder(List<String> events, int from, int to) {
        int[] next = new int[KEYS];
        for (int key = 0; key < KEYS; key++) {
            next[key] = from + key;
        }
        for (String event : events) {
            int key = Integer.parseInt(event.substring(0, event.indexOf('/')));
            assertThat(event).isEqualTo(key + "/" + next[key]);
            next[key] += KEYS;
        }
        assertThat(events).hasSize(to - from);
    }

    /** Takes what the group had left: it remembers where it was. Once only. */
    void checkGroup() {
        assertThat(client.readerGroups(SCOPE).list().toList().blockingGet()).containsExactly(GROUP);
        assertThat(take(SHARED_EVENTS - TAKEN)).hasSize(SHARED_EVENTS - TAKEN).doesNotHaveDuplicates();
        assertThat(client.readerGroups(SCOPE).group(GROUP).unreadBytes().blockingGet())
                .isNotNegative();
    }

    /** Ends the transaction that was left open, unless it has ended for being too old. What was in it is never seen. */
    void endOpenTransaction() {
        String kept = value(key(9999));
        assertThat(kept).startsWith(OPEN);
        client.writer(TRANSACTIONS, Serializers.utf8())
                .resume(UUID.fromString(kept.substring(OPEN.length())))
                .flatMapCompletable(Transaction::abort)
                .onErrorComplete(cause -> cause instanceof NotFoundException || cause instanceof ConflictException)
                .blockingAwait();
    }
}
