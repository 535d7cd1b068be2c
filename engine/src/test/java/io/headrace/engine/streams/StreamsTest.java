/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.fixed;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.segment;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Configuration;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.DeleteStreamStatus;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successors;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.StreamReply.Valid;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final StreamName MISSING = new StreamName("s", "missing");

    @Test
    void creation() {
        Rig rig = new Rig();
        assertThat(rig.ask(createStream(S, 1))).isEqualTo(CreateStreamStatus.SCOPE_NOT_FOUND);
        rig.ask(new StreamCommand.CreateScope("s"));
        assertThat(rig.ask(createStream(S, 3))).isEqualTo(CreateStreamStatus.SUCCESS);
        assertThat(rig.ask(createStream(S, 3))).isEqualTo(CreateStreamStatus.STREAM_EXISTS);
        assertThat(rig.ask(createStream(S, 5))).isEqualTo(CreateStreamStatus.STREAM_EXISTS);
        assertThat(rig.store.segments.keySet())
                .containsExactly("s/_MARKa/0.#epoch.0", "s/a/0.#epoch.0", "s/a/1.#epoch.0", "s/a/2.#epoch.0");
        Segments segments = (Segments) rig.ask(new StreamCommand.GetCurrentSegments(S));
        assertThat(segments.segments())
                .containsExactly(
                        new SegmentRange(0, 0, 1 / 3.0),
                        new SegmentRange(1, 1 / 3.0, 2 / 3.0),
                        new SegmentRange(2, 2 / 3.0, 1));
        assertThat(rig.ask(new StreamCommand.GetStreamConfiguration(S))).isEqualTo(new Configuration(S, fixed(3)));
        assertThat(rig.ask(new StreamCommand.CheckStreamExists(S))).isEqualTo(new Exists(true));
        assertThat(rig.ask(new StreamCommand.CheckStreamExists(MISSING))).isEqualTo(new Exists(false));
    }

    @Test
    void segmentsCarryPolicyAndRollover() {
        Rig rig = withStream(1);
        StreamName b = new StreamName("s", "b");
        ScalingPolicy policy = new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 17, 2, 2);
        rig.ask(new StreamCommand.CreateStream(b, new StreamConfiguration(policy, null, 0, new TreeSet<>(), 4096)));
        FakeStore.Segment segment = rig.store.get("s/b/1.#epoch.0");
        assertThat(segment.scaleType).isEqualTo(2);
        assertThat(segment.targetRate).isEqualTo(17);
        assertThat(segment.rolloverBytes).isEqualTo(4096);
    }

    @Test
    void namesAndConfigurationsAreChecked() {
        Rig rig = withStream(1);
        for (String name : List.of("", "a b", "a_b", "é", "x".repeat(251), "a/b")) {
            assertThat(rig.ask(createStream(new StreamName("s", name), 1)))
                    .as(name)
                    .isEqualTo(CreateStreamStatus.INVALID_STREAM_NAME);
        }
        assertThat(rig.ask(createStream(new StreamName("s", "x".repeat(250)), 1)))
                .isEqualTo(CreateStreamStatus.SUCCESS);
        assertThat(rig.ask(createStream(new StreamName("s", "_a.b-c1"), 1))).isEqualTo(CreateStreamStatus.SUCCESS);
        assertThat(rig.ask(createStream(MISSING, 0))).isEqualTo(CreateStreamStatus.FAILURE);
        assertThat(rig.ask(createStream(MISSING, ScalingPolicy.MAX_SEGMENTS + 1)))
                .isEqualTo(CreateStreamStatus.FAILURE);
        assertThat(rig.ask(new StreamCommand.CheckStreamExists(MISSING))).isEqualTo(new Exists(false));
    }

    @Test
    void concurrentCreationsJoin() {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        Rig.Answer<StreamReply> first = rig.submit(createStream(S, 2));
        Rig.Answer<StreamReply> second = rig.submit(createStream(S, 2));
        assertThat(rig.submit(new StreamCommand.GetCurrentSegments(S)).reply)
                .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code()).isEqualTo(Code.INTERNAL));
        rig.settle();
        assertThat(first.reply).isEqualTo(CreateStreamStatus.SUCCESS);
        assertThat(second.reply).isEqualTo(CreateStreamStatus.SUCCESS);
    }

    @Test
    void queriesOfMissingStreams() {
        Rig rig = withStream(1);
        for (StreamCommand query : List.of(
                new StreamCommand.GetStreamConfiguration(MISSING),
                new StreamCommand.GetCurrentSegments(MISSING),
                new StreamCommand.GetEpochSegments(MISSING, 0),
                new StreamCommand.GetHead(MISSING),
                new StreamCommand.GetSuccessors(MISSING, 0),
                new StreamCommand.GetSegmentsBetween(MISSING, Commands.cut(0, 0), StreamCut.UNBOUNDED),
                new StreamCommand.IsSegmentValid(MISSING, 0),
                new StreamCommand.IsStreamCutValid(MISSING, Commands.cut(0, 0)),
                new StreamCommand.CreateTransaction(MISSING, 10_000),
                new StreamCommand.NoteTimestamp(MISSING, "w", 1, Commands.cut(0, 0)),
                new StreamCommand.GetEpochSegments(S, 1))) {
            assertThat(rig.ask(query)).isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code())
                    .isEqualTo(Code.NOT_FOUND));
        }
        assertThat(rig.ask(new StreamCommand.UpdateStream(MISSING, fixed(1))))
                .isEqualTo(UpdateStreamStatus.STREAM_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.TruncateStream(MISSING, Commands.cut(0, 0))))
                .isEqualTo(UpdateStreamStatus.STREAM_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.SealStream(MISSING))).isEqualTo(UpdateStreamStatus.STREAM_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.DeleteStream(MISSING))).isEqualTo(DeleteStreamStatus.STREAM_NOT_FOUND);
    }

    /** An owner that was replaced and does not know it must not be believed: what it says may be out of date. */
    @Test
    void answersAreConfirmed() {
        Rig rig = withStream(1);
        List<StreamCommand> queries = List.of(
                new StreamCommand.GetSuccessors(S, 0),
                new StreamCommand.GetCurrentSegments(S),
                new StreamCommand.GetHead(S),
                new StreamCommand.GetTransactionState(S, new UUID(1, 1)),
                new StreamCommand.CommitTransaction(S, new UUID(1, 1), "", 0),
                new StreamCommand.CheckStreamExists(MISSING),
                new StreamCommand.DeleteStream(MISSING),
                new StreamCommand.CreateTransaction(MISSING, 10_000),
                new StreamCommand.GetReaderGroup("s", "missing"),
                new StreamCommand.ListStreams("s", "", 10));
        for (StreamCommand query : queries) {
            rig.confirmed.clear();
            StreamReply reply = rig.ask(query);
            assertThat(rig.confirmed).as("%s", query).containsExactly(reply);
        }
    }

    @Test
    void sealing() {
        Rig rig = withStream(2);
        assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(DeleteStreamStatus.STREAM_NOT_SEALED);
        assertThat(rig.ask(new StreamCommand.IsSegmentValid(S, 0))).isEqualTo(new Valid(true));
        assertThat(rig.ask(new StreamCommand.SealStream(S))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.SealStream(S))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.get(segment(0, 0)).sealed).isTrue();
        assertThat(rig.store.get(segment(1, 0)).sealed).isTrue();
        assertThat(current(rig, S)).isEmpty();
        assertThat(rig.ask(new StreamCommand.IsSegmentValid(S, 0))).isEqualTo(new Valid(false));
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(Commands.cut(0, 0, 1, 0)));
        assertThat(rig.ask(new StreamCommand.GetSuccessors(S, 0))).isEqualTo(new Successors(List.of()));
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(3)))).isEqualTo(UpdateStreamStatus.STREAM_SEALED);
        assertThat(rig.ask(new StreamCommand.TruncateStream(S, Commands.cut(0, 0, 1, 0))))
                .isEqualTo(UpdateStreamStatus.STREAM_SEALED);
        assertThat(((StreamReply.ScaleStarted)
                                rig.ask(new StreamCommand.Scale(S, Set.of(0L), Commands.ranges(0, 0.2, 0.2, 0.5))))
                        .status())
                .isEqualTo(StreamReply.ScaleStatus.FAILURE);
    }

    @Test
    void deletionAndRecreationContinueTheNumbers() {
        Rig rig = withStream(11);
        rig.ask(new StreamCommand.SealStream(S));
        assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(DeleteStreamStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(DeleteStreamStatus.STREAM_NOT_FOUND);
        assertThat(rig.store.segments).isEmpty();
        rig.ask(createStream(S, 2));
        assertThat(current(rig, S)).containsExactly("11@0", "12@0");
        assertThat(rig.ask(new StreamCommand.GetSuccessors(S, 3))).isEqualTo(new Successors(List.of()));
        assertThat(rig.store.segments.keySet())
                .containsExactly("s/_MARKa/1.#epoch.0", "s/a/11.#epoch.0", "s/a/12.#epoch.0");
    }

    @Test
    void sixLives() {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        for (int life = 0; life < 6; life++) {
            assertThat(rig.ask(createStream(S, life + 1))).isEqualTo(CreateStreamStatus.SUCCESS);
            assertThat(current(rig, S)).hasSize(life + 1);
            rig.crash();
            assertThat(rig.ask(new StreamCommand.SealStream(S))).isEqualTo(UpdateStreamStatus.SUCCESS);
            assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(DeleteStreamStatus.SUCCESS);
        }
        assertThat(rig.store.everCreated.stream().filter(n -> n.startsWith("s/a/")))
                .hasSize(21);
    }

    @Test
    void updates() {
        Rig rig = withStream(2);
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(4)))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(current(rig, S)).containsExactly("2@1", "3@1", "4@1", "5@1");
        assertThat(rig.store.get(segment(0, 0)).sealed).isTrue();
        int logged = rig.logged();
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(4)))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.logged()).isEqualTo(logged);
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(1)))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(current(rig, S)).containsExactly("6@2");
        StreamConfiguration rate =
                StreamConfiguration.of(new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_KBYTES_PER_SEC, 10, 2, 1));
        rig.ask(new StreamCommand.UpdateStream(S, fixed(3)));
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, rate))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(current(rig, S)).containsExactly("7@3", "8@3", "9@3");
        assertThat(rig.store.get(segment(8, 3)).scaleType).isEqualTo(1);
        assertThat(rig.store.get(segment(8, 3)).targetRate).isEqualTo(10);
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(0)))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(rig.ask(new StreamCommand.GetStreamConfiguration(S))).isEqualTo(new Configuration(S, rate));
    }

    @Test
    void aDifferentUpdateIsRefusedWhileOneRuns() {
        Rig rig = withStream(1);
        Rig.Answer<StreamReply> running = rig.submit(new StreamCommand.UpdateStream(S, fixed(2)));
        Rig.Answer<StreamReply> same = rig.submit(new StreamCommand.UpdateStream(S, fixed(2)));
        Rig.Answer<StreamReply> other = rig.submit(new StreamCommand.UpdateStream(S, fixed(3)));
        Rig.Answer<StreamReply> seal = rig.submit(new StreamCommand.SealStream(S));
        rig.settle();
        assertThat(running.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(same.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(other.reply).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(seal.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.get(segment(2, 1)).sealed).isTrue();
    }

    @Test
    void manuallyScaledFixedStreamReturnsToItsNumberWithTheNextUpdate() {
        Rig rig = withStream(1);
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), Commands.ranges(0, 0.5, 0.5, 1)));
        rig.settle();
        assertThat(current(rig, S)).containsExactly("1@1", "2@1");
        assertThat(rig.ask(new StreamCommand.UpdateStream(S, fixed(1)))).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(current(rig, S)).containsExactly("3@2");
    }

    @Test
    void repeatedTwelveTimes() {
        Rig rig = new Rig();
        List<StreamCommand> all = List.of(
                new StreamCommand.CreateScope("s"),
                createStream(S, 2),
                new StreamCommand.UpdateStream(S, fixed(3)),
                new StreamCommand.TruncateStream(S, Commands.cut(id(2, 1), 0, id(3, 1), 0, id(4, 1), 0)),
                new StreamCommand.SealStream(S),
                new StreamCommand.DeleteStream(S));
        List<List<StreamReply>> later = List.of(
                List.of(StreamReply.CreateScopeStatus.SCOPE_EXISTS),
                List.of(CreateStreamStatus.SUCCESS, CreateStreamStatus.STREAM_EXISTS),
                List.of(UpdateStreamStatus.SUCCESS),
                List.of(UpdateStreamStatus.SUCCESS),
                List.of(UpdateStreamStatus.SUCCESS),
                List.of(DeleteStreamStatus.SUCCESS, DeleteStreamStatus.STREAM_NOT_FOUND));
        for (int i = 0; i < all.size(); i++) {
            List<Rig.Answer<StreamReply>> answers = new java.util.ArrayList<>();
            for (int n = 0; n < 12; n++) {
                answers.add(rig.submit(all.get(i)));
                if (n > 5) {
                    rig.step();
                }
            }
            rig.settle();
            for (Rig.Answer<StreamReply> answer : answers.subList(1, 12)) {
                assertThat(later.get(i)).contains(answer.reply);
            }
        }
        assertThat(rig.store.segments).isEmpty();
    }
}
