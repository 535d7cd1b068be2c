/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.segment.impl.NoSuchSegmentException;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.InvalidStreamException;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.TruncatedDataException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Streams: sealing, deletion, a second life")
class SealTest {
    @Case("SEA-01")
    void sealingTwice(Client client) {
        client.stream("a", 2);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
    }

    @Case("SEA-02")
    void sealingAnAbsentStream(Client client) {
        client.createScope();
        assertThatThrownBy(() -> client.streams().sealStream(client.scope(), "a"))
                .isInstanceOf(InvalidStreamException.class);
    }

    @Case("SEA-03")
    void writingToASealedStream(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        writer.writeEvent("k", "1").join();
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(failure(writer.writeEvent("k", "2"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Failures.unexpected(writer.writeEvent("k", "3")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Case("SEA-04")
    void noWriterForASealedStream(Client client) {
        client.stream("a", 1);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> client.writer("a")).isInstanceOf(IllegalStateException.class);
    }

    @Case("SEA-05")
    void aSealedStreamIsReadToItsEnd(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2", "3");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 3)).containsExactly("1", "2", "3");
        nothing(reader);
        nothing(reader);
    }

    @Case("SEA-06")
    void theEndOfTheDataIsNotified(Client client) throws InterruptedException {
        client.stream("a", 2);
        client.write("a", "1");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        ReaderGroup group = client.group(
                "g",
                ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(500).groupRefreshTimeMillis(200).stream(
                                client.named("a"))
                        .build());
        CountDownLatch notified = new CountDownLatch(1);
        group.getEndOfDataNotifier(client.executor()).registerListener(end -> notified.countDown());
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        boolean done = false;
        for (int i = 0; i < 60 && !done; i++) {
            assertThat(reader.readNextEvent(100).getEvent()).isNull();
            done = notified.await(500, TimeUnit.MILLISECONDS);
        }
        assertThat(done).isTrue();
    }

    @Case("SEA-07")
    void deletionNeedsASeal(Client client) {
        client.stream("a", 1);
        assertThatThrownBy(() -> client.streams().deleteStream(client.scope(), "a"))
                .isInstanceOf(IllegalArgumentException.class);
        client.write("a", "still here");
        assertThat(client.readAll(1, "a")).containsExactly("still here");
    }

    @Case("SEA-08")
    void deletingTwice(Client client) {
        client.stream("a", 3);
        delete(client, "a");
        assertThat(client.streams().deleteStream(client.scope(), "a")).isFalse();
        assertThat(client.streams().checkStreamExists(client.scope(), "a")).isFalse();
    }

    @Case("SEA-09")
    void aWriterLearnsOfTheDeletion(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        writer.writeEvent("k", "1").join();
        delete(client, "a");
        assertThat(failure(writer.writeEvent("k", "2"))).isInstanceOf(NoSuchSegmentException.class);
        assertStatus(Status.Code.NOT_FOUND, () -> Failures.unexpected(writer.writeEvent("k", "3")));
    }

    @Case("SEA-10")
    void aReaderLearnsOfTheDeletion(Client client) {
        client.stream("a", 1);
        String[] events = new String[60];
        for (int i = 0; i < events.length; i++) {
            events[i] = Client.sized(i + ".", 100_000);
        }
        client.write("a", events);
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(events[0]);
        delete(client, "a");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < events.length; i++) {
                        assertThat(reader.readNextEvent(2000)).isNotNull();
                    }
                })
                .isInstanceOf(TruncatedDataException.class);
    }

    @Case("SEA-11")
    void noReaderOnADeletedStream(Client client) {
        client.stream("a", 1);
        client.group("g", "a");
        delete(client, "a");
        assertThatThrownBy(() -> client.reader("r", "g")).isInstanceOf(InvalidStreamException.class);
        assertThatThrownBy(() -> client.group("h", "a")).isInstanceOf(InvalidStreamException.class);
    }

    @Case("SEA-12")
    void sixLives(Client client) {
        for (int i = 0; i < 6; i++) {
            client.stream("a", i + 1);
            String[] events = {"life " + i + " first", "life " + i + " second"};
            client.write("a", events);
            assertThat(client.readAll(2, "a")).containsExactly(events);
            assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
            assertThat(client.streams()
                            .fetchStreamInfo(client.scope(), "a")
                            .join()
                            .isSealed())
                    .isTrue();
            assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        }
    }

    @Case("SEA-13")
    void anOldGroupSeesNoOldData(Client client) {
        client.stream("a", 1);
        client.write("a", "old1", "old2");
        ReaderGroup group = client.group("g", "a");
        try (EventStreamReader<String> reader = client.reader("r", "g")) {
            assertThat(next(reader)).isEqualTo("old1");
        }
        delete(client, "a");
        client.stream("a", 1);
        client.write("a", "new1", "new2");
        group.resetReaderGroup(ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(client.named("a"))
                .build());
        EventStreamReader<String> again = client.reader("r2", "g");
        assertThat(next(again, 2)).containsExactly("new1", "new2");
        nothing(again);
    }

    @Case("SEA-14")
    void numbersGoOn(Client client) {
        client.stream("a", 11);
        delete(client, "a");
        client.stream("a", 2);
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(11, 0), id(12, 0));
        client.write("a", "works");
        assertThat(client.readAll(1, "a")).containsExactly("works");
    }

    @Case("SEA-15")
    void aScaledStreamSealed(Client client) {
        client.stream("a", 1);
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(SegmentIds.current(client, "a")).isEmpty();
        assertThat(client.controller().getSegmentsAtTime(client.named("a"), 0).join())
                .containsOnlyKeys(new Segment(client.scope(), "a", 0));
        assertThat(SegmentIds.successors(client, "a", 0)).containsExactly(id(1, 1), id(2, 1));
    }

    @Case("SEA-16")
    void sealedWhileAScalingRuns(Client client) {
        client.stream("a", 1);
        client.write("a", "1");
        assertThat(SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.5, 1.0)
                        .join())
                .isTrue();
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(SegmentIds.current(client, "a")).isEmpty();
        assertThat(SegmentIds.successors(client, "a", 0)).containsExactly(id(1, 1), id(2, 1));
        for (long segment : List.of(0L, id(1, 1), id(2, 1))) {
            assertThat(client.segment("a", segment).getSegmentInfo().join().isSealed())
                    .isTrue();
        }
        assertThat(client.readAll(1, "a")).containsExactly("1");
    }

    private static void delete(Client client, String stream) {
        assertThat(client.streams().sealStream(client.scope(), stream)).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), stream)).isTrue();
    }
}
