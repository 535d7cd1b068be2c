/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventPointer;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.Position;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.StreamCut;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one of the two clients leaves is what the other expects. */
@DisplayName("The reactive client beside the published one")
class ReactiveClientTest {
    private static final int KEYS = 7;

    @Test
    void eachReadsWhatTheOtherHasWritten(Client client) {
        client.stream("a", 3);
        write(client, 0, 100);
        PeerProcess.run(client, "write", "a", 100, 100);
        write(client, 200, 100);
        PeerProcess.run(client, "transaction", "a", 300, 100);
        List<String> published = client.readAll(400, "a");
        assertOrder(published, 400);
        List<String[]> reactive = PeerProcess.run(client, "read", "a");
        assertOrder(values(reactive), 400);
        assertThat(values(reactive)).containsExactlyInAnyOrderElementsOf(published);
        // Both have put each key into one segment.
        Map<String, List<String>> segments = reactive.stream()
                .collect(Collectors.groupingBy(
                        line -> line[0].substring(0, 1),
                        Collectors.mapping(line -> line[1].substring(0, line[1].indexOf(':')), Collectors.toList())));
        assertThat(segments).hasSize(KEYS);
        assertThat(segments.values()).allSatisfy(of -> assertThat(of).containsOnly(of.get(0)));
    }

    @Test
    void largeEventsOfEither(Client client) {
        client.stream("a", 1);
        int large = 9 << 20;
        PeerProcess.run(client, "write-sizes", "a", 0, 1, 8 << 20, large);
        EventStreamWriter<String> writer = client.writer(
                "a", EventWriterConfig.builder().enableLargeEvents(true).build());
        writer.writeEvent("k", "y".repeat(large)).join();
        assertThat(client.readAll(5, "a").stream().map(String::length)).containsExactly(0, 1, 8 << 20, large, large);
        assertThat(PeerProcess.run(client, "read", "a").stream().map(line -> line[0].length()))
                .containsExactly(0, 1, 8 << 20, large, large);
    }

    @Test
    void cutsMoveAsTextAndBytes(Client client) {
        client.stream("a", 2);
        write(client, 0, 50);
        String[] tail = PeerProcess.run(client, "tail", "a").get(0);
        StreamCut published =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut();
        assertThat(StreamCut.from(tail[0])).isEqualTo(published);
        assertThat(StreamCut.fromBytes(buffer(tail[1]))).isEqualTo(published);
        write(client, 50, 50);
        assertThat(values(PeerProcess.run(client, "read-from", "a", published.asText())))
                .containsExactlyInAnyOrderElementsOf(events(50, 50));
        client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                                client.named("a"), StreamCut.from(tail[0]))
                        .build());
        assertThat(next(client.reader("r", "g"), 50)).containsExactlyInAnyOrderElementsOf(events(50, 50));
    }

    @Test
    void pointersAndPositionsMoveAsBytes(Client client) {
        client.stream("a", 1);
        write(client, 0, 20);
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        List<String[]> lines = PeerProcess.run(client, "read", "a");
        for (String[] line : lines) {
            EventPointer pointer = EventPointer.fromBytes(buffer(line[2]));
            assertThat(client.streams().fetchEvent(pointer, Client.STRINGS).join())
                    .isEqualTo(line[0]);
            var read = Client.nextRead(reader);
            assertThat(read.getEvent()).isEqualTo(line[0]);
            assertThat(read.getEventPointer()).isEqualTo(pointer);
            assertThat(HexFormat.of().formatHex(remaining(read.getEventPointer().toBytes())))
                    .isEqualTo(line[2]);
        }
        group.readerOffline("r", Position.fromBytes(buffer(lines.get(9)[3])));
        assertThat(next(client.reader("r2", "g"))).isEqualTo(lines.get(10)[0]);
    }

    private static void write(Client client, int first, int count) {
        EventStreamWriter<String> writer = client.writer("a");
        List<CompletableFuture<Void>> writes = events(first, count).stream()
                .map(event -> writer.writeEvent(event.substring(0, 1), event))
                .collect(Collectors.toList());
        writes.forEach(CompletableFuture::join);
    }

    private static List<String> events(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> i % KEYS + "/" + i)
                .collect(Collectors.toList());
    }

    private static List<String> values(List<String[]> lines) {
        List<String> values = new ArrayList<>();
        lines.forEach(line -> values.add(line[0]));
        return values;
    }

    private static void assertOrder(List<String> events, int count) {
        Map<String, Integer> next = new HashMap<>();
        for (String event : events) {
            String key = event.substring(0, 1);
            int number = Integer.parseInt(event.substring(2));
            assertThat(number).isEqualTo(next.getOrDefault(key, Integer.parseInt(key)));
            next.put(key, number + KEYS);
        }
        assertThat(events).hasSize(count);
    }

    private static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static byte[] remaining(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
