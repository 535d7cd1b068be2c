/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.Position;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TimeWindow;
import io.headrace.client.TruncatedException;
import io.headrace.codecs.name.SegmentName;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReadingTest extends ClientTest {

    @Test
    void aReaderWaitsForWhatIsToCome() {
        StreamName stream = stream("a", 2);
        TestSubscriber<String> reading =
                values(client.reader(stream, Serializers.utf8())).test();
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        write(writer, "1");
        Received.await(reading, 1).assertValues("1");
        write(writer, "2");
        Received.await(reading, 2).assertValues("1", "2");
        reading.assertNotComplete().cancel();
    }

    @Test
    void aSealedStreamEnds() {
        StreamName stream = stream("a", 2);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        write(writer, "1", "2", "3");
        TestSubscriber<String> reading =
                values(client.reader(stream, Serializers.utf8())).test();
        Received.await(reading, 3);
        admin.sealStream(stream).blockingAwait();
        assertThat(reading.awaitDone(PATIENCE, TimeUnit.SECONDS).values()).containsExactlyInAnyOrder("1", "2", "3");
        reading.assertComplete();
        values(client.reader(stream, Serializers.utf8()))
                .test(0)
                .awaitDone(1, TimeUnit.SECONDS)
                .assertNoValues()
                .assertNotComplete();
    }

    @Test
    void nothingMoreIsEmittedThanIsAskedFor() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        writer.writeAll(Flowable.range(0, 1000).map(i -> "0/" + i), e -> "k").blockingAwait();
        TestSubscriber<String> reading = values(client.reader(stream, Serializers.utf8()))
                .rebatchRequests(1)
                .test(10);
        Received.await(reading, 10).assertValueCount(10);
        reading.request(20);
        Received.await(reading, 30).assertValueCount(30);
        assertOrder(reading.values(), 1, 30);
        reading.cancel();
    }

    @Test
    void latestIsWhatComesAfter() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        write(writer, "old");
        TestSubscriber<String> reading = values(
                        client.reader(stream, Serializers.utf8()).from(ReadFrom.latest()))
                .test();
        // The reading begins some time after the subscription: what is read first is what was written after that.
        Flowable.rangeLong(0, Long.MAX_VALUE)
                .concatMapSingle(i -> writer.write("k", "new " + i))
                .takeWhile(written -> reading.values().isEmpty())
                .ignoreElements()
                .timeout(PATIENCE, TimeUnit.SECONDS)
                .blockingAwait();
        assertThat(reading.values()).allMatch(event -> event.startsWith("new "));
        reading.cancel();
    }

    @Test
    void everyPositionIsAPlaceToGoOn() {
        StreamName stream = stream("a", 1);
        scale(stream, new KeyRange(0, 0.2), new KeyRange(0.2, 0.7), new KeyRange(0.7, 1));
        writeKeys(stream, 300, 0);
        scale(stream, new KeyRange(0, 0.5), new KeyRange(0.5, 1));
        writeKeys(stream, 300, 300);
        StreamCut tail = admin.tail(stream).blockingGet();
        EventReader<String> reader = client.reader(stream, Serializers.utf8()).until(tail);
        List<Event<String>> all = reader.events().toList().blockingGet();
        assertThat(all).hasSize(600);
        for (int i = 0; i < all.size(); i += 37) {
            Position position = all.get(i).position();
            List<String> expected = values(all.subList(i + 1, all.size()));
            assertThat(values(reader.from(ReadFrom.position(Position.fromBytes(position.toBytes()))))
                            .toList()
                            .blockingGet())
                    .as("after event %s", i)
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(values(reader.from(ReadFrom.cut(
                                    StreamCut.parse(position.toStreamCut(stream).toText()))))
                            .toList()
                            .blockingGet())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void aBoundedReadingEndsAtItsCut() {
        StreamName stream = stream("a", 2);
        writeKeys(stream, 100, 0);
        StreamCut first = admin.tail(stream).blockingGet();
        writeKeys(stream, 100, 100);
        StreamCut second = StreamCut.fromBytes(admin.tail(stream).blockingGet().toBytes());
        writeKeys(stream, 100, 200);
        EventReader<String> reader = client.reader(stream, Serializers.utf8());
        assertThat(numbers(values(reader.until(first)).toList().blockingGet()))
                .containsExactlyElementsOf(range(0, 100));
        assertThat(numbers(values(reader.from(ReadFrom.cut(first)).until(second))
                        .toList()
                        .blockingGet()))
                .containsExactlyElementsOf(range(100, 200));
        assertThat(values(reader.from(ReadFrom.cut(first)).until(first))
                        .toList()
                        .blockingGet())
                .isEmpty();
    }

    @Test
    void aMergedSegmentWaitsForBothThatItTakesOverFrom() {
        StreamName stream = stream("a", 1);
        scale(stream, new KeyRange(0, 0.2), new KeyRange(0.2, 0.4), new KeyRange(0.4, 1));
        writeKeys(stream, 400, 0);
        scale(stream, new KeyRange(0, 1));
        writeKeys(stream, 400, 400);
        scale(stream, new KeyRange(0, 0.3), new KeyRange(0.3, 1));
        writeKeys(stream, 400, 800);
        // Fetching little at a time makes the segments end at different times.
        List<String> read = values(client.reader(stream, Serializers.utf8())
                        .with(ReaderOptions.defaults().withMaxBytesAhead(1024))
                        .until(admin.tail(stream).blockingGet()))
                .toList()
                .blockingGet();
        assertOrder(read, 20, 1200);
    }

    @Test
    void aStreamIsReadOnOverScalingAndRestart() {
        StreamName stream = stream("a", 1);
        TestSubscriber<String> reading =
                values(client.reader(stream, Serializers.utf8())).test();
        writeKeys(stream, 100, 0);
        Received.await(reading, 100);
        scale(stream, new KeyRange(0, 0.5), new KeyRange(0.5, 1));
        writeKeys(stream, 100, 100);
        Received.await(reading, 200);
        server.pause();
        server.resume();
        writeKeys(stream, 100, 200);
        assertOrder(Received.await(reading, 300).values(), 20, 300);
        reading.cancel();
    }

    @Test
    void truncatedDataIsAnErrorOrSkipped() {
        StreamName stream = stream("a", 1);
        writeKeys(stream, 100, 0);
        StreamCut cut = admin.tail(stream).blockingGet();
        writeKeys(stream, 100, 100);
        StreamCut tail = admin.tail(stream).blockingGet();
        admin.truncate(cut).blockingAwait();
        EventReader<String> reader = client.reader(stream, Serializers.utf8()).until(tail);
        assertThat(numbers(values(reader).toList().blockingGet())).containsExactlyElementsOf(range(100, 200));
        EventReader<String> fromStart = reader.from(ReadFrom.cut(new StreamCut(stream, Map.of(0L, 0L))));
        assertThatThrownBy(() -> values(fromStart).toList().ignoreElement().blockingAwait())
                .isInstanceOf(TruncatedException.class)
                .satisfies(e -> assertThat(((TruncatedException) e).startOffset())
                        .isEqualTo(cut.offsets().get(0L)));
        assertThat(numbers(values(fromStart.with(ReaderOptions.defaults().withSkipTruncated(true)))
                        .toList()
                        .blockingGet()))
                .containsExactlyElementsOf(range(100, 200));
    }

    @Test
    void anEventIsFetchedByItsPointer() {
        StreamName stream = stream("a", 1);
        writeKeys(stream, 10, 0);
        EventReader<String> reader = client.reader(stream, Serializers.utf8());
        Event<String> third = reader.events().elementAt(2).blockingGet();
        assertThat(reader.fetch(EventPointer.parse(third.pointer().toString())).blockingGet())
                .isEqualTo(third.value());
        assertThat(reader.fetch(EventPointer.fromBytes(third.pointer().toBytes()))
                        .blockingGet())
                .isEqualTo(third.value());
        admin.truncate(admin.tail(stream).blockingGet()).blockingAwait();
        assertThatThrownBy(() -> reader.fetch(third.pointer()).ignoreElement().blockingAwait())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void readingFromATimeBeginsAtAWatermark() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        EventReader<String> reader = client.reader(stream, Serializers.utf8());
        write(writer, "early");
        assertThat(values(reader.from(ReadFrom.time(Instant.ofEpochMilli(5000))))
                        .blockingFirst())
                .isEqualTo("early");
        // Watermarks come by the clock: until one is there, reading begins at the start.
        String first = Flowable.range(1, 1000)
                .concatMapSingle(i -> writer.noteTime(Instant.ofEpochMilli(i))
                        .andThen(writer.write("k", "later " + i))
                        .delay(100, TimeUnit.MILLISECONDS)
                        .flatMap(written -> values(reader.from(ReadFrom.time(Instant.ofEpochMilli(5000))))
                                .firstOrError()))
                .filter(event -> !event.equals("early"))
                .blockingFirst();
        assertThat(first).startsWith("later");

        Position start = new Position(
                Map.of(SegmentName.of(scope, "a", 0).qualified(), new Position.Place(0, Optional.empty())));
        TimeWindow early = reader.timeWindow(start).blockingGet();
        assertThat(early.lower()).isEmpty();
        assertThat(early.upper()).hasValueSatisfying(upper -> assertThat(upper).isBefore(Instant.ofEpochMilli(1000)));
        Position end = reader.until(admin.tail(stream).blockingGet())
                .events()
                .blockingLast()
                .position();
        TimeWindow late = reader.timeWindow(end).blockingGet();
        assertThat(late.lower()).hasValueSatisfying(lower -> assertThat(lower).isBefore(Instant.ofEpochMilli(1000)));
        assertThat(late.upper()).isEmpty();
    }

    @Test
    void readingWhatIsNotThereFails() {
        assertThatThrownBy(() -> values(client.reader(new StreamName(scope, "absent"), Serializers.utf8()))
                        .ignoreElements()
                        .blockingAwait())
                .isInstanceOf(NotFoundException.class);
        StreamName stream = stream("a", 1);
        assertThatThrownBy(() -> values(client.reader(stream, Serializers.utf8())
                                .from(ReadFrom.cut(new StreamCut(new StreamName(scope, "b"), Map.of(0L, 0L)))))
                        .ignoreElements()
                        .blockingAwait())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void writeKeys(StreamName stream, int events, int first) {
        client.writer(stream, Serializers.utf8())
                .writeAll(
                        Flowable.range(first, events).map(i -> i % 20 + "/" + i),
                        event -> event.substring(0, event.indexOf('/')))
                .blockingAwait();
    }

    private void scale(StreamName stream, KeyRange... ranges) {
        Set<Long> ids = new HashSet<>();
        for (StreamSegment segment : admin.currentSegments(stream).blockingGet()) {
            ids.add(segment.id());
        }
        admin.scale(stream, ids, List.of(ranges)).blockingAwait();
    }

    private static void write(EventWriter<String> writer, String... events) {
        writer.writeAll(Flowable.fromArray(events), e -> "k").blockingAwait();
    }

    private static Flowable<String> values(EventReader<String> reader) {
        return reader.events().map(Event::value);
    }

    private static List<String> values(List<Event<String>> events) {
        List<String> values = new ArrayList<>();
        events.forEach(event -> values.add(event.value()));
        return values;
    }

    private static List<Integer> numbers(List<String> events) {
        TreeMap<Integer, String> sorted = new TreeMap<>();
        events.forEach(event -> sorted.put(Integer.valueOf(event.substring(event.indexOf('/') + 1)), event));
        assertThat(sorted).hasSameSizeAs(events);
        return List.copyOf(sorted.keySet());
    }

    private static List<Integer> range(int from, int to) {
        return Flowable.range(from, to - from).toList().blockingGet();
    }
}
