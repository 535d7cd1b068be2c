/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ClosedException;
import io.headrace.client.Event;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyValueTable;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableRange;
import io.headrace.client.WriterOptions;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.CompositeDisposable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What a client may take from a server, and from the process that it is in. */
final class FlowControlTest extends ClientTest {
    private static final int EVENT_BYTES = 1000;
    private static final int STORED_BYTES = EVENT_BYTES + 8;

    @Test
    void aSlowSubscriberHoldsTheServerBackAndNotTheWriter() {
        StreamName stream = stream("a", 2);
        int bytesAhead = 128 << 10;
        long before = store().getLong("bytesSent");
        TestSubscriber<Event<byte[]>> slow = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(bytesAhead))
                .events()
                .test(10);
        // 50 MB go by while the subscriber takes ten events.
        client.writer(stream, Serializers.bytes())
                .writeAll(Flowable.range(0, 50_000).map(i -> new byte[EVENT_BYTES]))
                .blockingAwait();
        Received.await(slow, 10).assertValueCount(10);
        long acknowledgements = 8L << 20;
        assertThat(store().getLong("bytesSent") - before).isLessThan(acknowledgements + 2L * bytesAhead);

        long asked = store().getLong("bytesSent");
        slow.request(1000);
        Received.await(slow, 1010).assertValueCount(1010);
        assertThat(store().getLong("bytesSent") - asked).isLessThan(1000L * STORED_BYTES + 3L * bytesAhead);
        slow.cancel();
    }

    @Test
    void memoryStaysFlatBesideASlowSubscriber() {
        StreamName stream = stream("a", 2);
        int events = 200_000;
        int eventsForOneRead = 1000;
        TestSubscriber<Event<byte[]>> slow = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(1 << 20))
                .events()
                .test(1);
        EventWriter<byte[]> writer = client.writer(
                stream, Serializers.bytes(), WriterOptions.defaults().withMaxBytesInFlight(1 << 20));
        writeFullSpeed(writer, slow, events / 10, eventsForOneRead);
        long before = liveHeapBytes();
        writeFullSpeed(writer, slow, events, eventsForOneRead);
        int read = events / eventsForOneRead;
        Received.await(slow, read);
        assertThat(slow.values().size()).isGreaterThanOrEqualTo(read);
        // The server is in this process, too: 200 MB went through both. Its bookie keeps up to 32 MiB that are not
        // written yet, and as much that is being written.
        long bookie = 64L << 20;
        assertThat(liveHeapBytes() - before).isLessThan(bookie + (20L << 20));
        slow.cancel();
    }

    /** As many events as can be, and one of all that were asked for for each so many. */
    private static void writeFullSpeed(
            EventWriter<byte[]> writer, TestSubscriber<Event<byte[]>> slow, int events, int eventsForOneRead) {
        writer.writeAll(Flowable.range(1, events).map(i -> {
                    if (i % eventsForOneRead == 0) {
                        slow.request(1);
                    }
                    return new byte[EVENT_BYTES];
                }))
                .blockingAwait();
    }

    private static long liveHeapBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Test
    void idleReadersCostNoThreadAndNoConnection() {
        StreamName stream = stream("a", 1);
        int readers = 1000;
        AtomicInteger received = new AtomicInteger();
        // Everything that is made once is there after the first.
        var first = client.reader(stream, Serializers.utf8())
                .from(ReadFrom.latest())
                .events()
                .test();
        client.writer(stream, Serializers.utf8()).write("x").ignoreElement().blockingAwait();
        int threads = clientThreads();
        CompositeDisposable reading = new CompositeDisposable();
        for (int i = 0; i < readers; i++) {
            reading.add(client.reader(stream, Serializers.utf8())
                    .events()
                    .filter(event -> event.value().equals("wake up"))
                    .subscribe(event -> received.incrementAndGet(), Throwable::printStackTrace));
        }
        client.writer(stream, Serializers.utf8())
                .write("wake up")
                .ignoreElement()
                .blockingAwait();
        await(() -> received.get() == readers);
        assertThat(clientThreads()).isEqualTo(threads);
        // Two for each event loop of the client: one for appends, one for all else.
        assertThat(store().getInteger("connections")).isLessThanOrEqualTo(2 * 2);
        reading.dispose();
        first.cancel();
    }

    @Test
    void aClosedClientLeavesNothingBehind() {
        StreamName stream = stream("a", 2);
        StreamName bytes = stream("bytes", 1);
        TableName table = new TableName(scope, "t");
        admin.createTable(table, TableConfiguration.of(2, 4)).ignoreElement().blockingAwait();
        await(() -> store().getInteger("connections") == 0);
        int threads = clientThreads();
        List<TestSubscriber<?>> abandoned = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            try (HeadraceClient other = HeadraceClient.connect(server.controller())) {
                other.writer(stream, Serializers.utf8())
                        .writeAll(Flowable.just("a", "b", "c"))
                        .blockingAwait();
                var unused = other.reader(stream, Serializers.utf8())
                        .events()
                        .take(3)
                        .toList()
                        .blockingGet();
                var reading = other.reader(stream, Serializers.utf8()).events().test();
                Received.await(reading, 3);
                other.byteWriter(bytes).write(ByteBuffer.allocate(10)).blockingAwait();
                var buffers = other.byteReader(bytes).bytes(0).test();
                Received.await(buffers, 1);
                KeyValueTable<String, String> entries =
                        other.table(table, TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
                entries.put("key" + i, "x").ignoreElement().blockingAwait();
                var scan = entries.entries(TableRange.all()).test(1);
                Received.await(scan, 1);
                abandoned.addAll(List.of(reading, buffers, scan));
            }
        }
        assertThat(abandoned).allSatisfy(reading -> reading.awaitDone(PATIENCE, TimeUnit.SECONDS)
                .assertError(ClosedException.class));
        await(() -> store().getInteger("connections") == 0);
        await(() -> clientThreads() <= threads);
    }

    /** Event loops of all clients and servers of this process. */
    private static int clientThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vert.x-eventloop"))
                .count();
    }

    private static JsonObject store() {
        try {
            HttpResponse<String> health = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(server.http().resolve("/health"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return new JsonObject(health.body()).getJsonObject("store");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        Flowable.interval(20, TimeUnit.MILLISECONDS)
                .filter(i -> condition.getAsBoolean())
                .firstOrError()
                .ignoreElement()
                .timeout(PATIENCE, TimeUnit.SECONDS)
                .blockingAwait();
    }
}
