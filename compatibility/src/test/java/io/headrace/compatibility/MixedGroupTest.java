/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ReaderGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One group of three kinds of readers: the published client, the reactive one, and a WebSocket. */
@DisplayName("Reader groups over WebSockets beside readers of both clients")
class MixedGroupTest {
    private static final String STREAM = "a";

    private final List<String> published = new ArrayList<>();

    /** What came over the WebSocket and was acknowledged. */
    private final List<String> acknowledged = new ArrayList<>();

    /** What the published reader and the WebSocket do all the time; the third is a program of its own. */
    private final class Reading {
        private final Client client;
        private final EventStreamReader<String> reader;
        private final GroupPeerProcess reactive;

        Reading(Client client, EventStreamReader<String> reader, GroupPeerProcess reactive) {
            this.client = client;
            this.reader = reader;
            this.reactive = reactive;
        }

        int count() {
            return published.size() + reactive.values().size() + acknowledged.size();
        }

        void until(@Nullable SocketMember member, BooleanSupplier reached) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (!reached.getAsBoolean()) {
                assertThat(System.nanoTime())
                        .as("time, when %s events have been read", count())
                        .isLessThan(deadline);
                readPublished();
                if (member != null) {
                    acknowledgeAll(member);
                }
            }
        }

        private void acknowledgeAll(SocketMember member) {
            for (SocketMember.Read event = member.poll(); event != null; event = member.poll()) {
                acknowledged.add(event.value());
                member.acknowledge(event);
            }
        }

        /** Loses the connection when an event has come over it that was not acknowledged. */
        void lose(SocketMember member) {
            while (member.poll() == null) {
                readPublished();
            }
            member.flush(client.scope() + "/" + STREAM);
            member.close();
        }

        private void readPublished() {
            String event = reader.readNextEvent(20).getEvent();
            if (event != null) {
                published.add(event);
            }
        }
    }

    @Test
    void eachEventIsDealtWithOnce(Client client) throws Exception {
        assumeThat(Server.isHeadrace()).as("a server with WebSockets").isTrue();
        client.stream(STREAM, 6);
        ReaderGroup group = client.checkpointedGroup("g", STREAM);
        GroupPeerProcess reactive = GroupPeerProcess.start(client, STREAM);
        reactive.run("read", "g", "reactive");
        Reading reading = new Reading(client, client.reader("published", "g"), reactive);
        SocketMember first = SocketMember.join(client, "g", "socket");
        reading.until(first, () -> haveAll(group));
        EventStreamWriter<String> writer = client.writer(STREAM);
        ReactiveGroupTest.write(writer, 0, 200);
        reading.until(first, () -> reading.count() == 200);
        assertThat(published).isNotEmpty();
        assertThat(acknowledged).isNotEmpty();
        assertThat(reactive.values()).isNotEmpty();

        // Segments are replaced under all of them while it goes on.
        Future<?> writing = client.inBackground(() -> ReactiveGroupTest.write(writer, 200, 200));
        assertThat(SegmentIds.scale(client, STREAM, List.of(0L, 1L, 2L), 0.0, 0.1, 0.2, 0.3, 0.4, 0.5))
                .isTrue();
        reading.until(first, () -> reading.count() == 400);
        writing.get(60, TimeUnit.SECONDS);
        reading.until(first, () -> shares(group).getOrDefault("socket", 0) > 0);

        // The connection is lost with events that were not acknowledged, and comes back.
        writing = client.inBackground(() -> ReactiveGroupTest.write(writer, 400, 200));
        reading.lose(first);
        SocketMember second = SocketMember.join(client, "g", "socket");
        reading.until(second, () -> reading.count() == 600);
        writing.get(60, TimeUnit.SECONDS);
        ReactiveGroupTest.assertEach(600, published, reactive.values(), acknowledged);

        // It is lost again, and does not.
        reading.until(second, () -> shares(group).getOrDefault("socket", 0) > 0);
        writing = client.inBackground(() -> ReactiveGroupTest.write(writer, 600, 100));
        reading.lose(second);
        reading.until(null, () -> reading.count() == 700);
        writing.get(60, TimeUnit.SECONDS);
        ReactiveGroupTest.assertEach(700, published, reactive.values(), acknowledged);
        assertThat(group.getOnlineReaders()).containsExactlyInAnyOrder("published", "reactive");
    }

    /** Whether each of the three has something to read. */
    private static boolean haveAll(ReaderGroup group) {
        return shares(group).size() == 3 && !shares(group).containsValue(0);
    }

    private static Map<String, Integer> shares(ReaderGroup group) {
        return group.getReaderSegmentDistribution().getReaderSegmentDistribution();
    }
}
