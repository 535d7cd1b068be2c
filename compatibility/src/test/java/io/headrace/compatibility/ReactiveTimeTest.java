/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.TimeWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Events say the times that their writer notes: what comes behind a window is not older, what came before not newer. */
@DisplayName("Time windows of the reactive client beside the published one")
class ReactiveTimeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int EVENTS = 60;

    /** What a reader was told when it had read an event. */
    private record Told(
            long time, @Nullable Long lower, @Nullable Long upper) {}

    @Test
    void windowsOfTimesThatThePublishedClientNotes(Client client) throws InterruptedException {
        client.stream("a", 2);
        EventStreamWriter<String> writer = client.writer("a");
        for (long time = 1; time <= EVENTS; time++) {
            writer.writeEvent("k" + time, Long.toString(time)).join();
            writer.noteTime(time);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        List<Told> told = PeerProcess.run(client, "read-windows", "a").stream()
                .map(words -> new Told(Long.parseLong(words[0]), millis(words[1]), millis(words[2])))
                .toList();
        assertThat(told).hasSize(EVENTS);
        assertHold(told);
        assertThat(told).anyMatch(each -> each.lower != null && each.upper != null);
    }

    @Test
    void windowsOfTimesThatTheReactiveClientNotes(Client client) throws Exception {
        client.stream("a", 2);
        client.group(
                "g",
                ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(1_000).groupRefreshTimeMillis(100).stream(
                                client.named("a"))
                        .build());
        EventStreamReader<String> reader = client.reader("r", "g");
        Future<List<String[]>> writing = client.inBackground(() -> PeerProcess.run(client, "write-times", "a", EVENTS));
        List<Told> told = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (told.size() < EVENTS) {
            String event = reader.readNextEvent(100).getEvent();
            if (event != null) {
                TimeWindow window = reader.getCurrentTimeWindow(client.named("a"));
                // This reader moves its window on when it tells its group where it is, and reads on before that: events
                // may be later than the upper end.
                told.add(new Told(Long.parseLong(event), window.getLowerTimeBound(), null));
            }
            assertThat(System.nanoTime()).as("told: %s", told).isLessThan(deadline);
        }
        writing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertHold(told);
        assertThat(told).anyMatch(each -> each.lower != null);
    }

    private static void assertHold(List<Told> told) {
        long lower = Long.MIN_VALUE;
        long newest = Long.MIN_VALUE;
        for (Told each : told) {
            assertThat(each.time).as("%s", each).isGreaterThanOrEqualTo(lower);
            newest = Math.max(newest, each.time);
            if (each.lower != null) {
                assertThat(each.lower).as("%s", each).isGreaterThanOrEqualTo(lower);
                lower = each.lower;
            }
            if (each.upper != null) {
                assertThat(newest).as("%s", each).isLessThanOrEqualTo(each.upper);
            }
        }
    }

    private static @Nullable Long millis(String word) {
        return word.equals("-") ? null : Long.valueOf(word);
    }
}
