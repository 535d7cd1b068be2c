/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nextRead;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.Failures.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.segment.impl.NoSuchEventException;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.Position;
import io.pravega.client.stream.ReaderGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Events: writing and reading")
class WriteReadTest {
    private static final int MAX = 8 * 1024 * 1024;

    @Case("WR-01")
    void oneEvent(Client client) {
        client.stream("a", 1);
        client.group("g", "a");
        client.write("a", "hello");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("hello");
        nothing(reader);
    }

    @Case("WR-03")
    void withoutKeyEventsSpread(Client client) {
        client.stream("a", 4);
        EventStreamWriter<String> writer = client.writer("a");
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Void> written = writer.writeEvent(sized("", 30));
            assertThat(written).isNotNull();
        }
        writer.flush();
        assertThat(client.streams()
                        .fetchStreamInfo(client.scope(), "a")
                        .join()
                        .getTailStreamCut()
                        .asImpl()
                        .getPositions()
                        .values())
                .allSatisfy(offset -> assertThat(offset).isPositive());
    }

    @Case("WR-04")
    void aBatchStaysTogether(Client client) {
        client.stream("a", 3);
        EventStreamWriter<String> writer = client.writer("a");
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int batch = i;
            writes.add(writer.writeEvents(
                    "k", IntStream.range(0, 10).mapToObj(n -> batch + "/" + n).collect(Collectors.toList())));
            writes.add(writer.writeEvent("k", "single" + i));
        }
        writer.flush();
        assertAcknowledged(writes);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (int n = 0; n < 10; n++) {
                expected.add(i + "/" + n);
            }
            expected.add("single" + i);
        }
        assertThat(client.readAll(expected.size(), "a")).isEqualTo(expected);
    }

    @Case("WR-05")
    void sizeLimits(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        writer.writeEvent("k", "x".repeat(MAX)).join();
        assertThatThrownBy(() -> Failures.unexpected(writer.writeEvent("k", "x".repeat(MAX + 1))))
                .isInstanceOf(IllegalArgumentException.class);
        List<String> tooMuch = Collections.nCopies(3, "x".repeat(MAX - 8));
        assertThatThrownBy(() -> Failures.unexpected(writer.writeEvents("k", tooMuch)))
                .isInstanceOf(IllegalArgumentException.class);
        writer.writeEvent("k", "after").join();
        List<String> read = client.readAll(2, "a");
        assertThat(read.get(0)).hasSize(MAX).containsOnlyOnce("x".repeat(MAX));
        assertThat(read.get(1)).isEqualTo("after");
    }

    @Case("WR-06")
    void flushWaits(Client client) {
        client.stream("a", 2);
        EventStreamWriter<String> writer = client.writer("a");
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            writes.add(writer.writeEvent("k" + i % 7, "event " + i));
        }
        writer.flush();
        assertAcknowledged(writes);
    }

    /** The client lets a flush return when nothing is in flight any more, a moment before it completes the last futures. */
    private static void assertAcknowledged(List<CompletableFuture<Void>> writes) {
        assertThat(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Client.PATIENCE);
    }

    @Case("WR-08")
    void aWriterNeedsItsStream(Client client) {
        client.createScope();
        assertStatus(Status.Code.NOT_FOUND, () -> client.writer("absent"));
    }

    @Case("WR-09")
    void fetchByPointer(Client client) throws NoSuchEventException {
        client.stream("a", 1);
        client.write("a", "1", "2", "3");
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        EventRead<String> second = nextRead(reader);
        assertThat(next(reader)).isEqualTo("3");
        assertThat(reader.fetchEvent(second.getEventPointer())).isEqualTo("2");
        assertThat(client.streams()
                        .fetchEvent(second.getEventPointer(), Client.STRINGS)
                        .join())
                .isEqualTo("2");
    }

    @Case("WR-10")
    void anIdleSegmentIsReadOn(Client client) {
        client.stream("a", 2);
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        client.write("a", "1");
        assertThat(next(reader)).isEqualTo("1");
        assertThat(reader.readNextEvent(6000).getEvent()).isNull();
        client.write("a", "2");
        assertThat(next(reader)).isEqualTo("2");
    }

    @Case("WR-11")
    void positions(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2", "3", "4");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r1", "g");
        Position first = nextRead(reader).getPosition();
        Position second = nextRead(reader).getPosition();
        assertThat(second).isNotEqualTo(first);
        assertThat(next(reader)).isEqualTo("3");
        group.readerOffline("r1", second);
        EventStreamReader<String> again = client.reader("r2", "g");
        assertThat(next(again, 2)).containsExactly("3", "4");
        nothing(again);
    }

    @Case("WR-12")
    void manyAppendsInFlight(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        List<String> expected = new ArrayList<>();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            expected.add("event " + i);
            writes.add(writer.writeEvent("k", "event " + i));
        }
        writer.flush();
        assertThat(writes).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(client.readAll(5000, "a")).isEqualTo(expected);
    }
}
