/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand segments in one partition of a server with little memory. */
@Timeout(300)
final class ManySegmentsIT {
    private static final String JAVA_OPTIONS = "-Xms64m -Xmx256m";
    private static final int SEGMENTS = 10_000;
    /** Segments for each connection: a connection has a bound on its writers. */
    private static final int GROUP = 2_500;

    private static final int IN_FLIGHT = 250;
    private static final int EVENT_BYTES = 1_000;
    private static final long WRITERS = 1_000_000;

    @TempDir
    Path temporary;

    @Test
    void tenThousandSegmentsFitIntoAHeapOf256MiBAndSurviveKills() throws Exception {
        try (ServerProcess server = start()) {
            inGroups(server.awaitReady().store(), group -> {
                group.create();
                group.append(1, Long.MIN_VALUE);
            });
            server.kill();
        }
        try (ServerProcess server = start()) {
            inGroups(server.awaitReady().store(), group -> {
                group.assertEvent(1);
                group.append(2, 1);
            });
            server.kill();
        }
        try (ServerProcess server = start()) {
            inGroups(server.awaitReady().store(), group -> {
                group.assertEvent(1);
                group.assertEvent(2);
            });
            assertThat(server.errorLines()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    private ServerProcess start() throws IOException {
        return ServerProcess.withMemory(
                JAVA_OPTIONS, temporary, temporary.resolve("data"), "--segments-partitions", "1");
    }

    private interface Step<T> {
        void take(T what) throws IOException;
    }

    private static void inGroups(String store, Step<Group> step) throws IOException {
        for (int first = 0; first < SEGMENTS; first += GROUP) {
            try (StoreClient client = new StoreClient(store)) {
                step.take(new Group(client, first));
            }
        }
    }

    /** The segments of one connection. */
    private record Group(StoreClient client, int first) {

        void create() throws IOException {
            forEach(
                    segment -> client.send(new CreateSegment(segment, name(segment), 0, 0, "", 0)),
                    segment -> assertThat(client.read()).isEqualTo(new SegmentCreated(segment, name(segment))));
        }

        /** @param last number of the event before */
        void append(long number, long last) throws IOException {
            forEach(
                    segment -> client.send(new SetupAppend(WRITERS + segment, writer(segment), name(segment), "")),
                    segment -> assertThat(client.read())
                            .isEqualTo(new AppendSetup(WRITERS + segment, name(segment), writer(segment), last)));
            forEach(
                    segment -> client.append(writer(segment), number, event(segment, number), WRITERS + segment),
                    segment -> {
                        DataAppended appended = client.read(DataAppended.class);
                        assertThat(appended.eventNumber()).isEqualTo(number);
                        assertThat(appended.previousEventNumber()).isEqualTo(last);
                    });
        }

        void assertEvent(long number) throws IOException {
            int bytes = EventFrames.HEADER_BYTES + EVENT_BYTES;
            BitSet answered = new BitSet();
            forEach(
                    segment -> client.send(new ReadSegment(name(segment), (number - 1) * bytes, bytes, "", segment)),
                    inAnyOrder -> {
                        SegmentRead read = client.read(SegmentRead.class);
                        int segment = (int) read.requestId();
                        assertThat(read.segment()).isEqualTo(name(segment));
                        assertThat(EventFrames.read(read.data(), EVENT_BYTES))
                                .isEqualTo(Unpooled.wrappedBuffer(event(segment, number)));
                        answered.set(segment);
                    });
            assertThat(answered.cardinality()).isEqualTo(GROUP);
        }

        private void forEach(Step<Integer> ask, Step<Integer> answer) throws IOException {
            for (int from = first; from < first + GROUP; from += IN_FLIGHT) {
                for (int segment = from; segment < from + IN_FLIGHT; segment++) {
                    ask.take(segment);
                }
                for (int segment = from; segment < from + IN_FLIGHT; segment++) {
                    answer.take(segment);
                }
            }
        }
    }

    private static String name(int segment) {
        return "scope/stream/" + segment + ".#epoch.0";
    }

    private static UUID writer(int segment) {
        return new UUID(7, segment);
    }

    private static byte[] event(int segment, long number) {
        String text = "event " + number + " of segment " + segment + " ";
        return (text + "x".repeat(EVENT_BYTES - text.length())).getBytes(StandardCharsets.US_ASCII);
    }
}
