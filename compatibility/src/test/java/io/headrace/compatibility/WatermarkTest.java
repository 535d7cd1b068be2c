/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.state.Revision;
import io.pravega.client.state.RevisionedStreamClient;
import io.pravega.client.state.SynchronizerConfig;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.InvalidStreamException;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.TimeWindow;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.impl.StreamCutImpl;
import io.pravega.client.stream.impl.WriterPosition;
import io.pravega.client.watermark.WatermarkSerializer;
import io.pravega.shared.watermarks.SegmentWithRange;
import io.pravega.shared.watermarks.Watermark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Watermarks")
class WatermarkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Case("WM-01")
    void twoWritersAndScalings(Client client) throws Exception {
        stream(client, 2, 10_000);
        Marks marks = new Marks(client);
        EventStreamWriter<String> first = client.writer("a");
        EventStreamWriter<String> second = client.twin().writer("a");
        long time = 0;
        for (int round = 0; round < 3; round++) {
            int before = marks.all().size();
            while (marks.all().size() < before + 2) {
                time = writeAndNote(first, second, time);
                TimeUnit.MILLISECONDS.sleep(100);
            }
            List<Long> sealed = List.copyOf(SegmentIds.current(client, "a"));
            double middle = 0.3 + 0.1 * round;
            assertThat(SegmentIds.scale(client, "a", sealed, 0.0, middle, 1.0)).isTrue();
        }
        marks.checkOrder();
        readAboveLowerBounds(client, (int) time * 2);
    }

    @Case("WM-02")
    void windowsOfAReader(Client client) throws Exception {
        stream(client, 1, 0);
        Marks marks = new Marks(client);
        client.write("a", sized("1", 30), sized("2", 30));
        for (long i = 1; i <= 3; i++) {
            note(client, "w", 100 * i, Map.of(0L, 30 * i));
            long count = i;
            marks.await(all -> all.size() == count);
        }
        EventStreamReader<String> reader = readerFrom(client, marks.all().get(0));
        assertThat(next(reader)).isEqualTo(sized("2", 30));
        assertThat(awaitLowerBound(client, reader, 200).getUpperTimeBound()).isEqualTo(300);
        client.write("a", sized("3", 30));
        assertThat(next(reader)).isEqualTo(sized("3", 30));
        assertThat(awaitLowerBound(client, reader, 300).getUpperTimeBound()).isNull();
    }

    /** A reader that begins at a mark. */
    private static EventStreamReader<String> readerFrom(Client client, Watermark mark) {
        Map<Segment, Long> position = new TreeMap<>();
        mark.getStreamCut()
                .forEach((segment, offset) ->
                        position.put(new Segment(client.scope(), "a", segment.getSegmentId()), offset));
        client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                                client.named("a"), new StreamCutImpl(client.named("a"), position))
                        .build());
        return client.reader("r", "g");
    }

    /** Lets a reader that has read everything tell its group where it is, until it knows what time that is. */
    private static TimeWindow awaitLowerBound(Client client, EventStreamReader<String> reader, long time) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            TimeWindow window = reader.getCurrentTimeWindow(client.named("a"));
            if (window.getLowerTimeBound() != null && window.getLowerTimeBound() >= time) {
                assertThat(window.getLowerTimeBound()).isEqualTo(time);
                return window;
            }
            assertThat(System.nanoTime()).as("the window is still %s", window).isLessThan(deadline);
            assertThat(reader.readNextEvent(100).getEvent()).isNull();
        }
    }

    @Case("WM-03")
    void transactionsMakeMarks(Client client) throws Exception {
        stream(client, 2, 10_000);
        Marks marks = new Marks(client);
        TransactionalEventStreamWriter<String> writer = client.transactions("a");
        long time = 0;
        while (time <= 10 || marks.all().size() < 3) {
            time++;
            Transaction<String> transaction = writer.beginTxn();
            for (int key = 0; key < 4; key++) {
                transaction.writeEvent("k" + key, Long.toString(time));
            }
            transaction.commit(time);
            if (time == 10) {
                assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.25, 0.5))
                        .isTrue();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        marks.checkOrder();
        readAboveLowerBounds(client, (int) time * 4);
    }

    @Case({"WM-04", "WM-09"})
    void marksGoWithTheirStream(Client client) throws Exception {
        stream(client, 1, 0);
        note(client, "w", 100, Map.of(0L, 20L));
        new Marks(client).await(marks -> marks.size() == 1);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> new Marks(client)).isInstanceOf(InvalidStreamException.class);
        stream(client, 1, 0);
        Marks marks = new Marks(client);
        assertThat(marks.all()).isEmpty();
        note(client, "w", 50, Map.of(1L, 10L));
        assertThat(marks.await(all -> all.size() == 1)).containsExactly("50-50 {1=10}");
    }

    @Case({"WM-05", "WM-06"})
    void aSilentWriterIsLeftOut(Client client) throws Exception {
        Marks marks = held(client);
        note(client, "one", 100, Map.of(0L, 20L));
        note(client, "two", 102, Map.of(0L, 20L));
        release(client, 2_000);
        assertThat(marks.await(all -> all.size() == 3))
                .containsExactly("0-0 {0=1}", "100-102 {0=20}", "102-102 {0=20}");
        note(client, "one", 101, Map.of(0L, 20L));
        letMarksBeMade(client);
        assertThat(marks.all()).hasSize(3);
    }

    @Case("WM-07")
    void aShortTimeOut(Client client) throws Exception {
        Marks marks = held(client);
        note(client, "one", 50, Map.of(0L, 1L));
        note(client, "two", 80, Map.of(0L, 1L));
        note(client, "three", 150, Map.of(0L, 1L));
        release(client, 100);
        assertThat(marks.await(all -> all.size() == 4))
                .containsExactly("0-0 {0=1}", "50-150 {0=1}", "80-150 {0=1}", "150-150 {0=1}");
    }

    @Case("WM-08")
    void marksNotedAtTheController(Client client) throws Exception {
        Marks marks = held(client);
        note(client, "one", 1, Map.of(0L, 10L));
        note(client, "two", 2, Map.of(0L, 20L));
        release(client, 0);
        assertThat(marks.await(all -> all.size() == 3)).containsExactly("0-0 {0=1}", "1-2 {0=20}", "2-2 {0=20}");
        assertThat(marks.all().get(1).getStreamCut()).isEqualTo(Map.of(new SegmentWithRange(0, 0, 1), 20L));
        // Who starts at the mark of the mark stream reads from the one before the newest.
        marks.awaitFromMark("1-2 {0=20}", "2-2 {0=20}");
    }

    @Case("WM-10")
    void notesThatGoBack(Client client) throws Exception {
        Marks marks = held(client);
        note(client, "w", 100, Map.of(0L, 20L));
        assertThatThrownBy(() -> note(client, "w", 50, Map.of(0L, 20L))).isInstanceOf(RuntimeException.class);
        note(client, "w", 100, Map.of(0L, 20L));
        assertThatThrownBy(() -> note(client, "w", 101, Map.of(0L, 19L))).isInstanceOf(RuntimeException.class);
        assertThat(marks.all()).hasSize(1);
        EventStreamWriter<String> writer = client.writer("a");
        writer.noteTime(100);
        writer.noteTime(50);
    }

    @Case("WM-11")
    void notesByTheClock(Client client) throws Exception {
        stream(client, 1, 0);
        Marks marks = new Marks(client);
        long before = System.currentTimeMillis();
        EventStreamWriter<String> writer = client.writer(
                "a", EventWriterConfig.builder().automaticallyNoteTime(true).build());
        writer.writeEvent("k", "1").join();
        marks.await(all -> !all.isEmpty());
        assertThat(marks.all().get(0).getLowerTimeBound()).isGreaterThanOrEqualTo(before);
        assertThatThrownBy(() -> writer.noteTime(1)).isInstanceOf(IllegalStateException.class);
    }

    @Case("WM-12")
    void readersWithoutWindows(Client client) {
        stream(client, 1, 0);
        assertThat(client.controller().sealStream(client.scope(), "_MARKa").join())
                .isTrue();
        client.write("a", "1");
        client.group("g", "a");
        ReaderConfig config = ReaderConfig.builder().disableTimeWindows(true).build();
        EventStreamReader<String> reader = client.own(client.events().createReader("r", "g", Client.STRINGS, config));
        assertThat(next(reader)).isEqualTo("1");
        TimeWindow window = reader.getCurrentTimeWindow(client.named("a"));
        assertThat(window.getLowerTimeBound()).isNull();
        assertThat(window.getUpperTimeBound()).isNull();
    }

    @Case("WM-13")
    void windowsNeverGoBack(Client client) throws Exception {
        stream(client, 2, 10_000);
        Marks marks = new Marks(client);
        client.group(
                "g",
                ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(1_000).groupRefreshTimeMillis(100).stream(
                                client.named("a"))
                        .build());
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Integer>> readers = new ArrayList<>();
        for (String id : List.of("r1", "r2", "r3")) {
            EventStreamReader<String> reader = client.reader(id, "g");
            readers.add(client.inBackground(() -> readWindows(client, reader, stop)));
        }
        EventStreamWriter<String> first = client.writer("a");
        EventStreamWriter<String> second = client.twin().writer("a");
        long time = 0;
        double[][] bounds = {{0, 0.2, 0.4, 0.6, 0.8, 1}, {0, 0.5, 1}, {0, 0.1, 0.3, 0.7, 1}, {0, 0.3, 1}};
        for (double[] next : bounds) {
            int before = marks.all().size();
            while (marks.all().size() < before + 3) {
                time = writeAndNote(first, second, time);
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertThat(SegmentIds.scale(client, "a", List.copyOf(SegmentIds.current(client, "a")), next))
                    .isTrue();
        }
        stop.set(true);
        int seen = 0;
        for (Future<Integer> reader : readers) {
            seen += reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(seen).as("windows that readers have seen").isGreaterThan(6);
        marks.checkOrder();
    }

    /** Reads until told to stop: neither end of the window goes back. Returns the number of lower ends seen. */
    private static int readWindows(Client client, EventStreamReader<String> reader, AtomicBoolean stop) {
        long lower = Long.MIN_VALUE;
        long upper = Long.MIN_VALUE;
        int seen = 0;
        while (!stop.get()) {
            String event = reader.readNextEvent(100).getEvent();
            if (event != null) {
                assertThat(Long.parseLong(event)).isGreaterThanOrEqualTo(lower);
            }
            TimeWindow window = reader.getCurrentTimeWindow(client.named("a"));
            if (window.getLowerTimeBound() != null) {
                assertThat(window.getLowerTimeBound()).isGreaterThanOrEqualTo(lower);
                seen += window.getLowerTimeBound() > lower ? 1 : 0;
                lower = window.getLowerTimeBound();
            }
            if (window.getUpperTimeBound() != null) {
                assertThat(window.getUpperTimeBound()).isGreaterThanOrEqualTo(upper);
                upper = window.getUpperTimeBound();
            }
        }
        return seen;
    }

    private static StreamConfiguration configuration(int segments, long timeout) {
        return StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(segments))
                .timestampAggregationTimeout(timeout)
                .build();
    }

    private static void stream(Client client, int segments, long timeout) {
        client.createScope();
        assertThat(client.streams().createStream(client.scope(), "a", configuration(segments, timeout)))
                .isTrue();
    }

    /** A stream that has a first mark, and gets no others until it is released: a writer is waited for. */
    private static Marks held(Client client) throws InterruptedException {
        stream(client, 1, 600_000);
        Marks marks = new Marks(client);
        note(client, "held", 0, Map.of(0L, 1L));
        marks.await(all -> all.size() == 1);
        return marks;
    }

    private static void release(Client client, long timeout) {
        assertThat(client.streams().updateStream(client.scope(), "a", configuration(1, timeout)))
                .isTrue();
    }

    /** Both writers write an event of the next time, then say that they have. */
    private static long writeAndNote(EventStreamWriter<String> first, EventStreamWriter<String> second, long time) {
        long now = time + 1;
        first.writeEvent("k" + now, Long.toString(now)).join();
        second.writeEvent("l" + now, Long.toString(now)).join();
        first.noteTime(now);
        second.noteTime(now);
        return now;
    }

    private static void note(Client client, String writer, long time, Map<Long, Long> offsets) {
        Map<Segment, Long> position = new TreeMap<>();
        offsets.forEach((id, offset) -> position.put(new Segment(client.scope(), "a", id), offset));
        client.controller()
                .noteTimestampFromWriter(writer, client.named("a"), time, new WriterPosition(position))
                .join();
    }

    /** Returns when another stream has got two marks: then each stream has been looked at. */
    private static void letMarksBeMade(Client client) throws InterruptedException {
        Client other = client.other();
        stream(other, 1, 0);
        Marks marks = new Marks(other);
        for (int i = 1; i <= 2; i++) {
            int count = i;
            note(other, "w", i, Map.of(0L, 1L));
            marks.await(all -> all.size() == count);
        }
    }

    /** Reads events that say their time: none is below the lower bound, which never goes back and is told some time. */
    private static void readAboveLowerBounds(Client client, int events) {
        client.group(
                "g",
                ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(1_000).groupRefreshTimeMillis(100).stream(
                                client.named("a"))
                        .build());
        EventStreamReader<String> reader = client.reader("r", "g");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long lower = Long.MIN_VALUE;
        for (int read = 0; read < events || lower == Long.MIN_VALUE; ) {
            String event = reader.readNextEvent(100).getEvent();
            if (event != null) {
                read++;
                assertThat(Long.parseLong(event)).isGreaterThanOrEqualTo(lower);
            }
            Long bound = reader.getCurrentTimeWindow(client.named("a")).getLowerTimeBound();
            if (bound != null) {
                assertThat(bound).isGreaterThanOrEqualTo(lower);
                lower = bound;
            }
            assertThat(System.nanoTime())
                    .as("%d of %d events, lower bound %d", read, events, lower)
                    .isLessThan(deadline);
        }
    }

    /** The mark stream, read as readers do. */
    private static final class Marks {
        private final RevisionedStreamClient<Watermark> stream;

        Marks(Client client) {
            stream = client.own(client.synchronizers()
                    .createRevisionedStreamClient(
                            "_MARKa",
                            new WatermarkSerializer(),
                            SynchronizerConfig.builder().build()));
        }

        List<Watermark> all() {
            return from(stream.fetchOldestRevision());
        }

        private List<Watermark> from(Revision revision) {
            List<Watermark> marks = new ArrayList<>();
            stream.readFrom(revision).forEachRemaining(entry -> marks.add(entry.getValue()));
            return marks;
        }

        List<String> await(Predicate<List<Watermark>> condition) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            List<Watermark> marks = all();
            while (!condition.test(marks)) {
                assertThat(System.nanoTime())
                        .as("the marks are still %s", texts(marks))
                        .isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(50);
                marks = all();
            }
            return texts(marks);
        }

        void awaitFromMark(String... expected) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!texts(fromMark()).equals(List.of(expected))) {
                assertThat(System.nanoTime())
                        .as("from the mark there is still %s", texts(fromMark()))
                        .isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }

        private List<Watermark> fromMark() {
            Revision mark = stream.getMark();
            return mark == null ? List.of() : from(mark);
        }

        private static List<String> texts(List<Watermark> marks) {
            return marks.stream().map(Marks::text).toList();
        }

        private static String text(Watermark mark) {
            Map<Long, Long> offsets = new TreeMap<>();
            mark.getStreamCut().forEach((segment, offset) -> offsets.put(segment.getSegmentId(), offset));
            return mark.getLowerTimeBound() + "-" + mark.getUpperTimeBound() + " " + offsets;
        }

        void checkOrder() {
            long lower = Long.MIN_VALUE;
            for (Watermark mark : all()) {
                assertThat(mark.getLowerTimeBound()).isGreaterThan(lower).isLessThanOrEqualTo(mark.getUpperTimeBound());
                lower = mark.getLowerTimeBound();
            }
        }
    }
}
