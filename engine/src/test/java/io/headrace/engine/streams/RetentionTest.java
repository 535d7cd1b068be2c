/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final UUID GROUP = new UUID(3, 3);
    private static final StreamsOptions EACH_SECOND = StreamsOptions.of(0, 1).withRetentionMillis(1_000);

    private static StreamConfiguration keeping(int segments, RetentionPolicy.Type type, long min, long max) {
        return new StreamConfiguration(
                ScalingPolicy.fixed(segments), new RetentionPolicy(type, min, max), 0, Collections.emptySortedSet(), 0);
    }

    private static Rig rig(int segments, RetentionPolicy.Type type, long min, long max) {
        return prepare(new Rig(0, EACH_SECOND), segments, type, min, max);
    }

    private static Rig prepare(Rig rig, int segments, RetentionPolicy.Type type, long min, long max) {
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(new StreamCommand.CreateStream(S, keeping(segments, type, min, max)));
        return rig;
    }

    private static StreamCut head(Rig rig) {
        return ((Cut) rig.ask(new StreamCommand.GetHead(S))).cut();
    }

    private static void append(Rig rig, String segment, int events) {
        for (int i = 0; i < events; i++) {
            rig.store.append(segment, "e");
        }
    }

    private static void subscribe(Rig rig, String group, UUID id) {
        rig.ask(new StreamCommand.CreateReaderGroup("s", group, ReaderGroupConfiguration.over(id, 1, S)));
    }

    private static void release(Rig rig, String group, UUID id, StreamCut cut) {
        assertThat(rig.ask(new StreamCommand.UpdateSubscriberCut(S, "s/" + group, id, 0, cut)))
                .isEqualTo(UpdateSubscriberStatus.SUCCESS);
    }

    @Test
    void bySize() {
        Rig rig = rig(2, RetentionPolicy.Type.SIZE, 10, Long.MAX_VALUE);
        append(rig, segment(0, 0), 8);
        append(rig, segment(1, 0), 4);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(0, 0, 1, 0));
        append(rig, segment(0, 0), 9);
        rig.pass(3_000);
        assertThat(head(rig)).as("less than the minimum would stay").isEqualTo(cut(0, 0, 1, 0));
        append(rig, segment(1, 0), 1);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(0, 8, 1, 4));
        assertThat(rig.store.get(segment(0, 0)).startOffset).isEqualTo(8);
        append(rig, segment(1, 0), 10);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(0, 17, 1, 5));
        rig.crash();
        append(rig, segment(1, 0), 10);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(0, 17, 1, 15));
    }

    @Test
    void byTime() {
        Rig rig = rig(1, RetentionPolicy.Type.TIME, 5_000, Long.MAX_VALUE);
        append(rig, segment(0, 0), 3);
        rig.pass(2_000);
        append(rig, segment(0, 0), 3);
        rig.pass(2_900);
        assertThat(head(rig)).isEqualTo(cut(0, 0));
        rig.pass(2_100);
        assertThat(head(rig)).isEqualTo(cut(0, 3));
        rig.crash();
        rig.pass(3_000);
        assertThat(head(rig)).as("samples outlive their owner").isEqualTo(cut(0, 6));
    }

    @Test
    void anIdleStreamCostsNoLog() {
        Rig rig = rig(1, RetentionPolicy.Type.TIME, 5_000, Long.MAX_VALUE);
        append(rig, segment(0, 0), 3);
        rig.pass(9_000);
        assertThat(head(rig)).isEqualTo(cut(0, 3));
        assertThat(rig.rows(SampleRow.class)).isEmpty();
        int logged = rig.logged();
        rig.pass(60_000);
        assertThat(rig.logged()).isEqualTo(logged);
    }

    @Test
    void streamsWithoutPolicyCostNothing() {
        Rig rig = new Rig(0, EACH_SECOND);
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(Commands.createStream(S, 1));
        int executed = rig.store.executed;
        rig.pass(9_000);
        assertThat(rig.store.executed).isEqualTo(executed);
    }

    @Test
    void policiesComeAndGo() {
        Rig rig = rig(1, RetentionPolicy.Type.SIZE, 1, Long.MAX_VALUE);
        append(rig, segment(0, 0), 5);
        rig.pass(2_000);
        append(rig, segment(0, 0), 5);
        rig.ask(new StreamCommand.UpdateStream(S, Commands.fixed(1)));
        assertThat(rig.rows(SampleRow.class)).isEmpty();
        int executed = rig.store.executed;
        rig.pass(5_000);
        rig.crash();
        rig.pass(5_000);
        assertThat(head(rig)).isEqualTo(cut(0, 0));
        assertThat(rig.store.executed).isEqualTo(executed);

        rig.ask(new StreamCommand.UpdateStream(S, keeping(1, RetentionPolicy.Type.SIZE, 1, Long.MAX_VALUE)));
        rig.pass(2_000);
        append(rig, segment(0, 0), 5);
        rig.pass(2_000);
        assertThat(head(rig)).isEqualTo(cut(0, 10));
    }

    @Test
    void overAScaling() {
        Rig rig = rig(2, RetentionPolicy.Type.SIZE, 4, Long.MAX_VALUE);
        append(rig, segment(0, 0), 5);
        append(rig, segment(1, 0), 5);
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5)));
        rig.pass(2_000);
        append(rig, segment(2, 1), 4);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(id(2, 1), 0, id(3, 1), 0, id(1, 0), 5));
        assertThat(rig.store.segments).doesNotContainKey(segment(0, 0)).containsKey(segment(1, 0));
        append(rig, segment(2, 1), 4);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(id(2, 1), 4, id(3, 1), 0, id(1, 0), 5));
    }

    @Test
    void subscribersKeepWhatTheyNeed() {
        Rig rig = rig(2, RetentionPolicy.Type.SIZE, 2, 100);
        subscribe(rig, "g", GROUP);
        append(rig, segment(0, 0), 5);
        rig.pass(2_000);
        append(rig, segment(1, 0), 5);
        rig.pass(2_000);
        assertThat(head(rig))
                .as("a subscriber that has told nothing keeps nothing")
                .isEqualTo(cut(0, 5, 1, 0));

        release(rig, "g", GROUP, cut(0, 5, 1, 2));
        append(rig, segment(0, 0), 20);
        rig.pass(5_000);
        assertThat(head(rig)).isEqualTo(cut(0, 5, 1, 2));
        UUID other = new UUID(4, 4);
        subscribe(rig, "h", other);
        release(rig, "h", other, cut(0, 8, 1, 3));
        release(rig, "g", GROUP, cut(0, 20, 1, 2));
        rig.pass(3_000);
        assertThat(head(rig)).as("the lower bound of both").isEqualTo(cut(0, 8, 1, 2));

        append(rig, segment(0, 0), 200);
        rig.pass(5_000);
        assertThat(head(rig)).as("above the maximum").isEqualTo(cut(0, 25, 1, 5));
        append(rig, segment(0, 0), 2);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(0, 225, 1, 5));
        rig.ask(new StreamCommand.DeleteReaderGroup("s", "g", GROUP));
        rig.ask(new StreamCommand.DeleteReaderGroup("s", "h", other));
        append(rig, segment(1, 0), 2);
        rig.pass(5_000);
        assertThat(head(rig)).as("nobody has a say").isEqualTo(cut(0, 227, 1, 5));
    }

    /** What is truncated goes on from head to head, also where subscribers wait for each other at a merge. */
    @Test
    void subscribersOverAScaling() {
        Rig rig = rig(1, RetentionPolicy.Type.SIZE, 0, 1_000);
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.5, 0.5, 1)));
        rig.settle();
        append(rig, segment(1, 1), 5);
        append(rig, segment(2, 1), 5);
        rig.ask(new StreamCommand.Scale(S, Set.of(id(1, 1), id(2, 1)), ranges(0, 1)));
        rig.settle();
        append(rig, segment(3, 2), 5);
        subscribe(rig, "g", GROUP);
        StreamCut waiting = cut(id(2, 1), 2, id(3, 2), -1);
        release(rig, "g", GROUP, waiting);
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(waiting);
        assertThat(rig.store.segments).doesNotContainKey(segment(1, 1)).containsKey(segment(2, 1));
        release(rig, "g", GROUP, cut(id(2, 1), 4, id(3, 2), -1));
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(id(2, 1), 4, id(3, 2), -1));
        assertThat(rig.store.get(segment(2, 1)).startOffset).isEqualTo(4);
        release(rig, "g", GROUP, cut(id(3, 2), 3));
        rig.pass(3_000);
        assertThat(head(rig)).isEqualTo(cut(id(3, 2), 3));
        assertThat(rig.store.segments.keySet())
                .containsExactly("s/_MARK_RGg/0.#epoch.0", "s/_MARKa/0.#epoch.0", "s/_RGg/0.#epoch.0", segment(3, 2));
    }

    @Test
    void aCutBeyondTheEndIsLeft() {
        Rig rig = rig(1, RetentionPolicy.Type.SIZE, 0, 1_000);
        append(rig, segment(0, 0), 5);
        subscribe(rig, "g", GROUP);
        release(rig, "g", GROUP, cut(0, 500));
        rig.pass(3_000);
        // Its value is below the minimum, and the sample of now is not.
        assertThat(head(rig)).isEqualTo(cut(0, 5));
    }

    @Test
    void sealedStreamsStayAsTheyAre() {
        Rig rig = rig(1, RetentionPolicy.Type.SIZE, 1, Long.MAX_VALUE);
        append(rig, segment(0, 0), 5);
        rig.pass(1_500);
        append(rig, segment(0, 0), 5);
        rig.ask(new StreamCommand.SealStream(S));
        int executed = rig.store.executed;
        rig.pass(5_000);
        assertThat(head(rig)).isEqualTo(cut(0, 0));
        assertThat(rig.store.executed).isEqualTo(executed);
        assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(StreamReply.DeleteStreamStatus.SUCCESS);
        rig.ask(Commands.createStream(S, 1));
        rig.pass(5_000);
        assertThat(rig.rows(SampleRow.class)).isEmpty();
    }

    @Test
    void aCallersTruncationWaitsForThatOfRetention() {
        Rig rig = rig(1, RetentionPolicy.Type.SIZE, 1, Long.MAX_VALUE);
        append(rig, segment(0, 0), 5);
        rig.pass(2_000);
        append(rig, segment(0, 0), 5);
        while (rig.rows(Row.WorkRow.class).isEmpty()) {
            rig.step();
        }
        Rig.Answer<StreamReply> behind = rig.submit(new StreamCommand.TruncateStream(S, cut(0, 3)));
        Rig.Answer<StreamReply> before = rig.submit(new StreamCommand.TruncateStream(S, cut(0, 8)));
        rig.settle();
        assertThat(behind.reply).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(before.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(head(rig)).isEqualTo(cut(0, 8));
    }

    /** A year is longer than there are samples: they get further apart, and nothing younger than the minimum goes. */
    @Test
    void samplesAreBounded() {
        Rig rig = rig(1, RetentionPolicy.Type.TIME, 3_000_000, Long.MAX_VALUE);
        for (int second = 0; second < 4_000; second++) {
            append(rig, segment(0, 0), 1);
            rig.pass(1_000);
            if (second % 100 == 99) {
                List<SampleRow> samples = rig.rows(SampleRow.class);
                assertThat(samples.size()).isLessThanOrEqualTo(Retention.MAX_SAMPLES);
                long head = head(rig).offsets().getOrDefault(0L, -1L);
                assertThat(head).isBetween(Math.max(0L, second - 3_020L), Math.max(0L, second - 2_990L));
            }
        }
    }

    @Test
    void manyStreamsTakeTurns() {
        Rig rig = new Rig(0, StreamsOptions.of(0, 1).withRetentionMillis(60_000));
        rig.ask(new StreamCommand.CreateScope("s"));
        int streams = 2_000;
        for (int i = 0; i < streams; i++) {
            StreamName name = new StreamName("s", "a" + i);
            rig.ask(new StreamCommand.CreateStream(name, keeping(1, RetentionPolicy.Type.SIZE, 1, Long.MAX_VALUE)));
            rig.store.append(SegmentNames.segment(name, 0), "e");
        }
        rig.settle();
        int most = 0;
        int before = rig.store.executed;
        int first = before;
        for (long end = rig.now + 61_000; rig.now < end; ) {
            long now = rig.now;
            while (rig.now == now) {
                rig.step();
            }
            most = Math.max(most, rig.store.executed - before);
            before = rig.store.executed;
        }
        assertThat(most).isLessThanOrEqualTo(16);
        assertThat(before - first).isBetween(streams, streams + 100);
        assertThat(rig.rows(SampleRow.class)).hasSize(streams);
    }

    /** The head never goes back, and without a maximum never past what a subscriber has said that it needs. */
    @Test
    void anythingMayHappen() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            boolean bySize = random.nextBoolean();
            RetentionPolicy.Type type = bySize ? RetentionPolicy.Type.SIZE : RetentionPolicy.Type.TIME;
            Rig rig = rig(1, type, bySize ? random.nextInt(20) : random.nextInt(4_000), Long.MAX_VALUE);
            List<UUID> groups = List.of(GROUP, new UUID(4, 4));
            Map<UUID, StreamCut> needed = new HashMap<>();
            for (UUID group : groups) {
                subscribe(rig, "g" + group, group);
                StreamCut cut = tail(rig);
                release(rig, "g" + group, group, cut);
                needed.put(group, cut);
            }
            StreamCut head = head(rig);
            int moved = 0;
            for (int step = 0; step < 60; step++) {
                List<SegmentRange> current = current(rig);
                SegmentRange segment = current.get(random.nextInt(current.size()));
                append(rig, SegmentNames.segment(S, segment.id()), random.nextInt(6));
                if (random.nextInt(6) == 0) {
                    scale(rig, random, current);
                }
                if (random.nextInt(3) == 0) {
                    UUID group = groups.get(random.nextInt(2));
                    StreamCut cut = tail(rig);
                    release(rig, "g" + group, group, cut);
                    needed.put(group, cut);
                }
                if (random.nextInt(10) == 0) {
                    rig.crash();
                }
                rig.pass(random.nextInt(1_500));
                EpochGraph graph = new EpochGraph();
                rig.rows(Row.EpochRow.class).stream()
                        .filter(row -> row.name().equals(S))
                        .forEach(row -> graph.add(row.epoch()));
                StreamCut now = head(rig);
                assertThat(StreamCuts.compare(graph, now, head))
                        .as("seed %d: %s behind %s", seed, now, head)
                        .isEqualTo(StreamCuts.Order.EQUAL_OR_AFTER);
                needed.forEach((group, cut) ->
                        assertThat(StreamCuts.compare(graph, cut, now)).isEqualTo(StreamCuts.Order.EQUAL_OR_AFTER));
                moved += now.equals(head) ? 0 : 1;
                head = now;
            }
            assertThat(moved).as("seed %d", seed).isGreaterThan(2);
        }
    }

    private static List<SegmentRange> current(Rig rig) {
        return ((StreamReply.Segments) rig.ask(new StreamCommand.GetCurrentSegments(S))).segments();
    }

    private static StreamCut tail(Rig rig) {
        Map<Long, Long> offsets = new HashMap<>();
        for (SegmentRange segment : current(rig)) {
            offsets.put(segment.id(), (long)
                    rig.store.events(SegmentNames.segment(S, segment.id())).size());
        }
        return StreamCut.of(offsets);
    }

    /** Splits a segment, or merges it with the next one. */
    private static void scale(Rig rig, Random random, List<SegmentRange> current) {
        int first = random.nextInt(current.size());
        SegmentRange one = current.get(first);
        if (first + 1 < current.size() && random.nextBoolean()) {
            SegmentRange two = current.get(first + 1);
            rig.ask(new StreamCommand.Scale(S, Set.of(one.id(), two.id()), ranges(one.low(), two.high())));
        } else {
            double middle = (one.low() + one.high()) / 2;
            rig.ask(new StreamCommand.Scale(S, Set.of(one.id()), ranges(one.low(), middle, middle, one.high())));
        }
        rig.settle();
    }

    @Test
    void crashAtAnyStep() {
        int points = 0;
        for (int crashAt = 1; ; crashAt++) {
            Rig rig = new Rig(0, EACH_SECOND);
            rig.crashAt = crashAt;
            story(rig, "crash at step " + crashAt);
            if (rig.steps < crashAt) {
                break;
            }
            points++;
        }
        assertThat(points).isGreaterThan(50);
    }

    @Test
    void faultsAndCrashes() {
        for (long seed = 1; seed <= 60; seed++) {
            Rig rig = new Rig(seed, EACH_SECOND);
            rig.faults = 0.15;
            rig.crashChance = seed % 3 == 0 ? 0 : 0.01;
            rig.snapshotEvery = seed % 2 == 0 ? 50 : 0;
            story(rig, "seed " + seed);
        }
    }

    /** Whatever happens meanwhile, the head comes to the same place in the end, and what is before it is gone. */
    private static void story(Rig rig, String name) {
        prepare(rig, 2, RetentionPolicy.Type.SIZE, 4, 50);
        append(rig, segment(0, 0), 5);
        append(rig, segment(1, 0), 5);
        awaitSample(rig, 10);
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5)));
        while (rig.ask(new StreamCommand.CheckScale(S, 0)) != StreamReply.CheckScaleStatus.SUCCESS) {
            rig.step();
        }
        append(rig, segment(2, 1), 3);
        awaitSample(rig, 13);
        append(rig, segment(1, 0), 4);
        await(rig, cut(id(2, 1), 3, id(3, 1), 0, id(1, 0), 5), name);
        assertThat(rig.store.segments.keySet())
                .as(name)
                .containsExactly("s/_MARKa/0.#epoch.0", segment(1, 0), segment(2, 1), segment(3, 1));
        assertThat(rig.store.get(segment(2, 1)).startOffset).as(name).isEqualTo(3);
        assertThat(rig.store.get(segment(1, 0)).startOffset).as(name).isEqualTo(5);

        rig.ask(new StreamCommand.CreateReaderGroup("s", "g", ReaderGroupConfiguration.over(GROUP, 1, S)));
        StreamCut needed = cut(id(2, 1), 3, id(3, 1), 0, id(1, 0), 6);
        rig.ask(new StreamCommand.UpdateSubscriberCut(S, "s/g", GROUP, 0, needed));
        append(rig, segment(3, 1), 10);
        await(rig, needed, name);
        rig.ask(new StreamCommand.SealStream(S));
        assertThat(rig.ask(new StreamCommand.DeleteStream(S)))
                .as(name)
                .isIn(StreamReply.DeleteStreamStatus.SUCCESS, StreamReply.DeleteStreamStatus.STREAM_NOT_FOUND);
        assertThat(rig.rows(SampleRow.class)).as(name).isEmpty();
    }

    private static void awaitSample(Rig rig, long size) {
        for (int steps = 0; rig.rows(SampleRow.class).stream().noneMatch(s -> s.size() == size); steps++) {
            assertThat(steps).isLessThan(100_000);
            rig.step();
        }
    }

    private static void await(Rig rig, StreamCut head, String name) {
        for (int steps = 0;
                !head(rig).equals(head) || !rig.rows(Row.WorkRow.class).isEmpty();
                steps++) {
            assertThat(steps).as("%s: %s instead of %s", name, head(rig), head).isLessThan(10_000);
            rig.step();
        }
    }
}
