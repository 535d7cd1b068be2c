/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.RemoveOutstandingCheckpoints;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class GroupStateTest {
    private static final String A = segment(0, 0);
    private static final String B = segment(1, 0);
    private static final String C = segment(2, 1);

    private GroupState state = GroupState.of(new Start(
            new GroupConfig(ReaderGroupConfiguration.of(StreamName.of("sc/st")), new UUID(1, 2), 0),
            Map.of(A, place(10), B, place(20)),
            Map.of()));

    @Test
    void segmentsMoveBetweenReaders() {
        assertThat(state.unassigned())
                .isEqualTo(state.lastRead())
                .containsExactlyEntriesOf(new TreeMap<>(Map.of(A, 10L, B, 20L)));
        apply(new AddReader("r"), new AcquireSegment("r", A), new AddReader("s"), new AcquireSegment("s", B));
        assertThat(state.segmentsOf("r")).containsExactly(Map.entry(A, 10L));
        assertThat(state.unassigned()).isEmpty();
        apply(new ReleaseSegment("r", A, 15));
        assertThat(state.unassigned()).containsExactly(Map.entry(A, 15L));
        assertThat(state.lastRead()).containsEntry(A, 15L);
        apply(
                new AcquireSegment("s", A),
                new RemoveReader("s", Map.of(B, 25L)),
                new RemoveReader("absent", Map.of(A, 1L)));
        assertThat(state.unassigned()).containsEntry(A, 15L).containsEntry(B, 25L);
        assertThat(state.isOnline("s")).isFalse();
    }

    @Test
    void whatDoesNotFitIsNoChange() {
        apply(new AddReader("r"));
        for (GroupRecord wrong : List.of(
                new AddReader("r"),
                new AcquireSegment("r", C),
                new AcquireSegment("absent", A),
                new ReleaseSegment("r", A, 5),
                new CompleteSegment("r", A, Optional.empty(), Map.of()))) {
            assertThatThrownBy(() -> state.apply(wrong)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void distancesHaveALeastAndPlacesAreThoseOfKnownSegments() {
        apply(new AddReader("r"));
        assertThat(state.distances()).containsEntry("r", Long.MAX_VALUE);
        apply(new UpdateDistance("r", 5, Map.of(A, place(30), C, place(1))), new UpdateDistance("absent", 5, Map.of()));
        assertThat(state.distances()).containsExactly(Map.entry("r", 30_000L));
        assertThat(state.lastRead()).containsEntry(A, 30L).doesNotContainKey(C);
    }

    @Test
    void aSuccessorWaitsForAllThatItTakesOverFrom() {
        Map<String, Successor> merged = Map.of(C, new Successor(Set.of(0L, 1L), Optional.of(new KeyRange(0, 1))));
        apply(new AddReader("r"), new AcquireSegment("r", A), new AcquireSegment("r", B));
        apply(new CompleteSegment("r", A, Optional.empty(), merged));
        assertThat(state.future()).containsExactly(Map.entry(C, new TreeSet<>(Set.of(1L))));
        assertThat(state.unassigned()).isEmpty();
        assertThat(state.isAtEnd()).isFalse();
        apply(new CompleteSegment("r", B, Optional.empty(), merged));
        assertThat(state.future()).isEmpty();
        assertThat(state.unassigned()).containsExactly(Map.entry(C, 0L));
        assertThat(state.lastRead()).containsExactly(Map.entry(C, 0L));
        apply(new AcquireSegment("r", C), new CompleteSegment("r", C, Optional.empty(), Map.of()));
        assertThat(state.isAtEnd()).isTrue();
    }

    @Test
    void aCheckpointIsCompleteWhenAllHavePassedOrLeft() {
        apply(new AddReader("r"), new AddReader("s"), new AcquireSegment("r", A));
        apply(new CreateCheckpoint("c"), new AddReader("late"));
        assertThat(state.checkpoints().nextFor("r")).contains("c");
        assertThat(state.checkpoints().nextFor("late")).isEmpty();
        apply(new PassCheckpoint("c", "r", Map.of(A, 12L)), new PassCheckpoint("c", "r", Map.of(A, 13L)));
        assertThat(state.checkpoints().isComplete("c")).isFalse();
        assertThat(state.segmentsOf("r")).containsExactly(Map.entry(A, 13L));
        apply(new SetPublished(true), new RemoveReader("s", Map.of()));
        assertThat(state.checkpoints().isComplete("c")).isTrue();
        // What nobody had is part of it.
        assertThat(state.checkpoints().last())
                .isEqualTo(state.checkpoints().offsets().get("c"))
                .containsEntry(A, 12L)
                .containsEntry(B, 20L);
        assertThat(state.checkpoints().lastPublished()).isFalse();
    }

    @Test
    void aSilentCheckpointChangesNothingElse() {
        String silent = Checkpoints.silent("x");
        apply(new AddReader("r"), new AcquireSegment("r", A), new CreateCheckpoint(silent));
        assertThat(state.checkpoints().outstanding()).isZero();
        apply(new PassCheckpoint(silent, "r", Map.of(A, 12L)));
        assertThat(state.checkpoints().offsets().get(silent)).containsEntry(A, 12L);
        assertThat(state.checkpoints().last()).isEmpty();
        assertThat(state.segmentsOf("r")).containsExactly(Map.entry(A, 10L));
    }

    @Test
    void checkpointsAreForgotten() {
        String silent = Checkpoints.silent("x");
        apply(new AddReader("r"), new CreateCheckpoint("c"), new CreateCheckpoint("d"), new CreateCheckpoint(silent));
        apply(new ClearCheckpointsBefore("absent"), new ClearCheckpointsBefore("c"));
        assertThat(state.checkpoints().nextFor("r")).contains("c");
        apply(new ClearCheckpointsBefore("d"));
        assertThat(state.checkpoints().isComplete("c")).isTrue();
        assertThat(state.checkpoints().offsets()).doesNotContainKey("c");
        assertThat(state.checkpoints().nextFor("r")).contains("d");
        apply(new RemoveOutstandingCheckpoints());
        assertThat(state.checkpoints().nextFor("r")).contains(silent);
        assertThat(state.checkpoints().outstanding()).isZero();
    }

    @Test
    void aForgottenCheckpointMayBeTakenAgain() {
        apply(new AddReader("r"), new CreateCheckpoint("c"), new RemoveOutstandingCheckpoints());
        assertThat(state.checkpoints().isComplete("c")).isTrue();
        apply(new CreateCheckpoint("c"), new CreateCheckpoint("c"));
        assertThat(state.checkpoints().names()).containsExactly("c", "c");
        assertThat(state.checkpoints().nextFor("r")).contains("c");
    }

    @Test
    void whichCheckpointIsTheLastDoesNotDependOnItsAgeAlone() {
        apply(new AddReader("r"), new AcquireSegment("r", A), new CreateCheckpoint("c4"));
        apply(new ReleaseSegment("r", A, 11), new CreateCheckpoint("c3"), new RemoveReader("r", Map.of()));
        // The published client comes to c3 first, and so does everybody.
        assertThat(state.checkpoints().last())
                .isEqualTo(state.checkpoints().offsets().get("c4"))
                .isNotEqualTo(state.checkpoints().offsets().get("c3"));
    }

    @Test
    void withoutReadersACheckpointIsCompleteAtOnce() {
        apply(new CreateCheckpoint("c"));
        assertThat(state.checkpoints().isComplete("c")).isTrue();
        assertThat(state.checkpoints().offsets().get("c")).containsEntry(A, 10L).containsEntry(B, 20L);
    }

    @Test
    void whoHasLittleTakesAndWhoHasMuchGives() {
        apply(new AddReader("r"));
        assertThat(Balance.toAcquire(state, "r")).isEqualTo(2);
        apply(new AcquireSegment("r", A), new AcquireSegment("r", B), new UpdateDistance("r", 1, Map.of()));
        assertThat(Balance.toAcquire(state, "r")).isZero();
        assertThat(Balance.toRelease(state, "r")).isEmpty();
        apply(new AddReader("s"));
        assertThat(Balance.toRelease(state, "r")).isPresent();
        assertThat(Balance.toRelease(state, "s")).isEmpty();
        apply(new ReleaseSegment("r", A, 11));
        assertThat(Balance.toRelease(state, "r")).isEmpty();
        assertThat(Balance.toAcquire(state, "s")).isEqualTo(1);
        assertThat(Balance.acquireAfter(state, "s")).isLessThan(Balance.acquireAfter(state, "r"));
        assertThat(Balance.releaseAfter(state, "r")).isLessThan(Balance.releaseAfter(state, "s"));
    }

    @Test
    void oneSegmentMoreThanOthersHaveIsNotGivenAway() {
        state = GroupState.of(new Start(state.config(), Map.of(A, place(0), B, place(0), C, place(0)), Map.of()));
        apply(new AddReader("r"), new AcquireSegment("r", A), new AcquireSegment("r", B));
        apply(new AddReader("s"), new AcquireSegment("s", C));
        // As they are: times, a second apart.
        apply(new UpdateDistance("r", 1_795_829_367_386L, Map.of()));
        apply(new UpdateDistance("s", 1_795_829_366_317L, Map.of()));
        assertThat(Balance.toRelease(state, "r")).isEmpty();
        apply(new ReleaseSegment("s", C, 0));
        assertThat(Balance.toRelease(state, "r")).isPresent();
    }

    private void apply(GroupRecord... changes) {
        for (GroupRecord change : changes) {
            state = state.apply(change);
        }
    }

    private static Place place(long offset) {
        return new Place(offset, Optional.empty());
    }

    private static String segment(int number, int epoch) {
        return "sc/st/" + number + ".#epoch." + epoch;
    }
}
