/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that is killed while it is written to as fast as it can take it: by then it writes over files that its log had
 * used before.
 */
@DisplayName("Killed under load")
class KilledUnderLoadTest {
    private static final int KEYS = 4;
    private static final int KILLS = 2;
    private static final int EVENTS_BEFORE_KILL = 3_000;
    private static final int EVENT_BYTES = 100_000;
    private static final int UNACKNOWLEDGED = 100;
    private static final int ACKNOWLEDGED_WITHIN_SECONDS = 300;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void eachEventIsThereOnce() throws Exception {
        assumeThat(Server.isHeadrace()).as("a server that keeps what it has").isTrue();
        try (HeadraceProcess server = Server.startHeadrace("killed-under-load");
                Client client = new Client(server)) {
            client.stream("a", 2);
            client.group("g", "a");
            EventStreamWriter<String> writer = client.writer("a");
            Deque<CompletableFuture<Void>> writing = new ArrayDeque<>();
            int written = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                for (int i = 0; i < EVENTS_BEFORE_KILL; i++) {
                    if (writing.size() == UNACKNOWLEDGED) {
                        await(writing.remove());
                    }
                    writing.add(writer.writeEvent("key-" + written % KEYS, event(written)));
                    written++;
                }
                server.kill();
                server.restart();
            }
            for (CompletableFuture<Void> each : writing) {
                await(each);
            }
            EventStreamReader<String> reader = client.reader("r", "g");
            int[] next = IntStream.range(0, KEYS).toArray();
            for (int i = 0; i < written; i++) {
                String event = Client.next(reader);
                int number = Integer.parseInt(event.substring(0, event.indexOf('/')));
                assertThat(number).isEqualTo(next[number % KEYS]);
                assertThat(event).isEqualTo(event(number));
                next[number % KEYS] += KEYS;
            }
            Client.nothing(reader);
        }
    }

    private static String event(int number) {
        return Client.sized(number + "/", EVENT_BYTES);
    }

    private static void await(CompletableFuture<Void> write) throws Exception {
        write.get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
    }
}
