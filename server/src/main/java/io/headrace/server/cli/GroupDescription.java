/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroup.PendingCheckpoint;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds out what there is to know of a reader group: how far it is behind, and who holds it up. */
final class GroupDescription {
    private static final double MILLIS = 1000;

    private final Session session;
    private final GroupName name;
    private final ReaderGroup group;
    private final Duration measure;

    /** Reader by segment. */
    private final Map<String, String> readers = new HashMap<>();

    private long bytes;
    private long events;
    private boolean exact = true;

    /** Null while it is not known. */
    private @Nullable Double seconds;

    private boolean noted = true;

    /** @param measure for how long to look how fast the streams grow, if their writers note no time */
    GroupDescription(Session session, GroupName name, Duration measure) {
        this.session = session;
        this.name = name;
        this.group = session.client().readerGroups(name.scope()).group(name.name());
        this.measure = measure;
    }

    Row row() throws InterruptedException {
        ReaderGroupConfiguration settings = group.configuration().blockingGet();
        SortedMap<String, SortedSet<String>> assignments = group.assignments().blockingGet();
        assignments.forEach((reader, segments) -> segments.forEach(segment -> readers.put(segment, reader)));
        SortedMap<String, StreamCut> cuts = group.lastKnownCuts().blockingGet();
        List<Row> segments = new ArrayList<>();
        for (Map.Entry<String, StreamCut> cut : cuts.entrySet()) {
            GroupLag lag = new GroupLag(
                    session.client(),
                    StreamName.of(cut.getKey()),
                    settings.streams().getOrDefault(cut.getKey(), ReaderGroupConfiguration.Bounds.NONE));
            lag.segments(cut.getValue()).forEach(left -> segments.add(segment(left)));
            age(lag, cut.getValue());
        }
        estimateSeconds(settings, cuts);
        return new Row()
                .with("group", name)
                .with(
                        "streams",
                        List.copyOf(settings.streams().keySet()),
                        String.join(", ", settings.streams().keySet()))
                .with("readers", assignments.size())
                .withBytes("unreadBytes", bytes)
                .with("unreadEvents", events, (exact ? "" : "about ") + Units.count(events))
                .with("unreadEventsAreExact", exact, exact ? "yes" : "no")
                .with(
                        "secondsBehind",
                        seconds,
                        seconds == null ? "not known" : (noted ? "" : "about ") + Units.seconds(seconds))
                .with("secondsBehindFrom", source(), sourceText())
                .with("segments", segments)
                .with("pendingCheckpoints", pending());
    }

    private Row segment(GroupLag.OfSegment left) {
        bytes += left.bytes();
        events += left.events();
        exact &= left.exact();
        return new Row()
                .with("segment", left.segment())
                .with("reader", readers.get(left.segment()))
                .withBytes("unreadBytes", left.bytes())
                .with("unreadEvents", left.events(), (left.exact() ? "" : "~") + Units.count(left.events()));
    }

    /** Takes the age of the stream that is furthest behind. */
    private void age(GroupLag lag, StreamCut cut) {
        if (lag.bytes(cut) == 0) {
            seconds = seconds == null ? Double.valueOf(0) : seconds;
            return;
        }
        double age = lag.age(cut, Instant.now())
                .map(known -> Math.max(0, known.toMillis() / MILLIS))
                .orElse(-1.0);
        noted &= age >= 0;
        seconds = seconds == null ? Double.valueOf(age) : Double.valueOf(Math.max(seconds, age));
    }

    /** Where no time is noted: how long it took to write what is unread, at the rate at which is written now. */
    private void estimateSeconds(ReaderGroupConfiguration settings, Map<String, StreamCut> cuts)
            throws InterruptedException {
        if (noted) {
            return;
        }
        long began = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(measure.toMillis());
        long now = 0;
        for (Map.Entry<String, StreamCut> cut : cuts.entrySet()) {
            now += new GroupLag(
                            session.client(),
                            StreamName.of(cut.getKey()),
                            settings.streams().getOrDefault(cut.getKey(), ReaderGroupConfiguration.Bounds.NONE))
                    .bytes(cut.getValue());
        }
        double rate = (now - bytes) / ((System.nanoTime() - began) / 1e9);
        seconds = rate > 0 ? Double.valueOf(bytes / rate) : null;
    }

    private @Nullable String source() {
        if (seconds == null || bytes == 0) {
            return null;
        }
        return noted ? "watermarks" : "rate";
    }

    private String sourceText() {
        String source = source();
        if (source == null) {
            return bytes == 0 ? "everything is read" : "no writer notes time, and nothing is being written";
        }
        return noted ? "the times that writers have noted" : "how fast is being written now";
    }

    private List<Row> pending() {
        List<Row> rows = new ArrayList<>();
        for (PendingCheckpoint checkpoint : group.pendingCheckpoints().blockingGet()) {
            checkpoint
                    .waitingFor()
                    .forEach(reader -> rows.add(
                            new Row().with("checkpoint", checkpoint.name()).with("waitsFor", reader)));
        }
        return rows;
    }
}
