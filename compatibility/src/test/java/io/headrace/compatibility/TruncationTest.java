/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nextRead;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.cut;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.control.impl.ControllerFailureException;
import io.pravega.client.segment.impl.NoSuchEventException;
import io.pravega.client.segment.impl.NoSuchSegmentException;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.segment.impl.SegmentMetadataClient;
import io.pravega.client.stream.EventPointer;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.TruncatedDataException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Truncation")
class TruncationTest {
    @Case({"TRN-01", "TRN-13"})
    void truncationAtTheStartOfAnEpoch(Client client) {
        client.stream("a", 2);
        client.write("a", "before");
        assertThat(SegmentIds.scale(client, "a", List.of(0L, 1L), 0.0, 0.3, 0.6, 1.0))
                .isTrue();
        client.write("a", "after");
        truncate(client, Map.of(id(2, 1), 0L, id(3, 1), 0L, id(4, 1), 0L));
        assertThat(client.readAll(1, "a")).containsExactly("after");
        assertThat(SegmentIds.successors(client, "a", 0)).isNotEmpty();
    }

    @Case("TRN-02")
    void aTruncatedSegmentTellsItsReaderOnce(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30));
        client.segment("a", 0).truncateSegment(60).join();
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertTruncated(reader);
        assertThat(next(reader)).isEqualTo(sized("3", 30));
        nothing(reader);
    }

    @Case("TRN-03")
    void fullTruncation(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        truncate(client, Map.of(0L, 60L));
        SegmentMetadataClient segment = client.segment("a", 0);
        assertThat(segment.getSegmentInfo().join().getStartingOffset()).isEqualTo(60);
        assertThat(segment.getSegmentInfo().join().getWriteOffset()).isEqualTo(60);
        assertThat(segment.fetchCurrentSegmentHeadOffset().join()).isEqualTo(60);
        assertThat(segment.fetchCurrentSegmentLength().join()).isEqualTo(60);
        client.write("a", sized("3", 30));
        assertThat(client.readAll(1, "a")).containsExactly(sized("3", 30));
    }

    @Case({"TRN-04", "TRN-09"})
    void truncationAtEachEvent(Client client) {
        client.stream("a", 1);
        String[] events = new String[6];
        for (int i = 0; i < events.length; i++) {
            events[i] = sized(i + ".", 30);
        }
        client.write("a", events);
        for (int i = 1; i < events.length; i++) {
            truncate(client, Map.of(0L, 30L * i));
            truncate(client, Map.of(0L, 30L * i));
            assertThat(client.readAll(events.length - i, "a").get(0)).isEqualTo(events[i]);
        }
    }

    @Case("TRN-05")
    void eachSegmentAtItsOwnOffset(Client client) {
        client.stream("a", 3);
        Map<Segment, String> keys = keys(client, 3);
        EventStreamWriter<String> writer = client.writer("a");
        Map<Long, Long> offsets = new HashMap<>();
        List<String> kept = new ArrayList<>();
        keys.forEach((segment, key) -> {
            int number = (int) segment.getSegmentId();
            for (int i = 0; i < 4; i++) {
                writer.writeEvent(key, sized(number + "/" + i + " ", 30)).join();
                if (i >= number) {
                    kept.add(sized(number + "/" + i + " ", 30));
                }
            }
            offsets.put(segment.getSegmentId(), 30L * number);
        });
        truncate(client, offsets);
        assertThat(client.readAll(kept.size(), "a")).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Case({"TRN-06", "TRN-14"})
    void aReaderBehindTheHead(Client client) {
        client.stream("a", 1);
        String[] events = new String[60];
        for (int i = 0; i < events.length; i++) {
            events[i] = sized(i + ".", 100_000);
        }
        client.write("a", events);
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(events[0]);
        truncate(client, Map.of(0L, 50L * 100_000));

        int position = 1;
        int truncations = 0;
        while (position < events.length) {
            try {
                String event = next(reader);
                assertThat(event).isEqualTo(events[position]);
                position++;
            } catch (TruncatedDataException expected) {
                truncations++;
                assertThat(position).as("some events were at hand").isBetween(2, 49);
                position = 50;
            }
        }
        assertThat(truncations).isEqualTo(1);
        nothing(reader);
    }

    @Case("TRN-07")
    void aPointerBeforeTheHead(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        EventPointer pointer = nextRead(reader).getEventPointer();
        truncate(client, Map.of(0L, 30L));
        assertThatThrownBy(() -> reader.fetchEvent(pointer)).isInstanceOf(NoSuchEventException.class);
    }

    @Case("TRN-08")
    void aCutBehindTheHead(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        truncate(client, Map.of(0L, 60L));
        assertThatThrownBy(() -> truncate(client, Map.of(0L, 30L))).isInstanceOf(ControllerFailureException.class);
    }

    @Case("TRN-10")
    void anAbsentStream(Client client) {
        client.createScope();
        assertThatThrownBy(() -> truncate(client, Map.of(0L, 0L))).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("TRN-11")
    void aSealedStream(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30));
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> truncate(client, Map.of(0L, 30L))).isInstanceOf(UnsupportedOperationException.class);
    }

    @Case("TRN-12")
    void writesOverTruncationAndDeletion(Client client) {
        client.stream("a", 2);
        EventStreamWriter<String> writer = client.writer("a");
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(writer.writeEvent("k" + i, sized(i + ".", 30)));
            if (i == 100) {
                writer.flush();
                truncate(client, tail(client));
            }
        }
        writer.flush();
        assertThat(writes).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        assertThat(failure(writer.writeEvent("k1", "late"))).isInstanceOf(NoSuchSegmentException.class);
        assertStatus(Status.Code.NOT_FOUND, () -> Failures.unexpected(writer.writeEvent("k1", "later")));
    }

    @Case("TRN-15")
    void aRecreatedStream(Client client) {
        client.stream("a", 2);
        client.write("a", "old");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        truncate(client, Map.of(id(2, 0), 30L));
        assertThat(client.readAll(1, "a")).containsExactly(sized("2", 30));
    }

    private static void truncate(Client client, Map<Long, Long> offsets) {
        assertThat(client.streams().truncateStream(client.scope(), "a", cut(client, "a", offsets)))
                .isTrue();
    }

    private static Map<Long, Long> tail(Client client) {
        Map<Long, Long> offsets = new HashMap<>();
        client.streams()
                .fetchStreamInfo(client.scope(), "a")
                .join()
                .getTailStreamCut()
                .asImpl()
                .getPositions()
                .forEach((segment, offset) -> offsets.put(segment.getSegmentId(), offset));
        return offsets;
    }

    /** One routing key for each segment. */
    private static Map<Segment, String> keys(Client client, int segments) {
        Map<Segment, String> keys = new HashMap<>();
        for (int i = 0; keys.size() < segments; i++) {
            keys.putIfAbsent(
                    client.controller()
                            .getCurrentSegments(client.scope(), "a")
                            .join()
                            .getSegmentForKey("key" + i),
                    "key" + i);
        }
        return keys;
    }

    private static void assertTruncated(EventStreamReader<String> reader) {
        assertThatThrownBy(() -> reader.readNextEvent(10_000)).isInstanceOf(TruncatedDataException.class);
    }
}
