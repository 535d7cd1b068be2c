/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Position.Place;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.revision.Shared;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A member with two segments, beside one that has none and so is to be given one. */
final class MemberCheckpointsTest {
    private static final String A = "sc/st/0.#epoch.0";
    private static final String B = "sc/st/1.#epoch.0";

    private final State state = new State();
    private final Reader reader = new Reader();
    private final MemberCheckpoints checkpoints = new MemberCheckpoints(
            "r",
            reader,
            (config, cut) -> Future.failedFuture("nothing is published"),
            state,
            new MemberShare("r", reader, state));

    /** What both know of the group; writes take as long as the test wants. */
    private static final class State implements Shared<GroupState, GroupRecord> {
        private GroupState now = GroupState.of(new Start(
                new GroupConfig(ReaderGroupConfiguration.of(StreamName.of("sc/st")), new UUID(1, 2), 0),
                Map.of(A, place(0), B, place(0)),
                Map.of()));
        private Future<Void> writing = Future.succeededFuture();

        State() {
            apply(List.of(
                    new AddReader("r"), new AcquireSegment("r", A), new AcquireSegment("r", B), new AddReader("s")));
        }

        private void apply(List<? extends GroupRecord> changes) {
            changes.forEach(change -> now = now.apply(change));
        }

        @Override
        public GroupState current() {
            return now;
        }

        @Override
        public Future<GroupState> update(Function<? super GroupState, ? extends List<? extends GroupRecord>> changes) {
            return writing.map(written -> {
                apply(changes.apply(now));
                return now;
            });
        }

        @Override
        public Future<Void> append(List<? extends GroupRecord> changes) {
            return update(before -> changes).mapEmpty();
        }
    }

    /** One whose subscriber has dealt with all that it got. */
    private static final class Reader implements GroupMember.Reader {
        private final SortedMap<String, Place> places = new TreeMap<>(Map.of(A, place(10), B, place(20)));
        private final List<String> closed = new ArrayList<>();
        private final List<String> over = new ArrayList<>();

        @Override
        public void open(String segment, Place place, long endOffset) {
            places.put(segment, place);
        }

        @Override
        public long close(String segment) {
            closed.add(segment);
            Place place = places.remove(segment);
            assertThat(place).isNotNull();
            return place.offset();
        }

        @Override
        public SortedMap<String, Place> places() {
            return places;
        }

        @Override
        public Map<String, Long> leavingOffsets() {
            return Map.of();
        }

        @Override
        public boolean hasRead() {
            return true;
        }

        @Override
        public boolean reach(String checkpoint) {
            return true;
        }

        @Override
        public void forget(String checkpoint) {
            over.add(checkpoint);
        }

        @Override
        public void onEndOfData() {
            throw new AssertionError("there is more");
        }

        @Override
        public void onFailed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }

    @Test
    void atACheckpointASegmentIsGivenAway() {
        String given = nextToGive();
        assertThat(reach("c").succeeded()).isTrue();
        assertThat(reader.closed).containsExactly(given);
        assertThat(state.now.unassigned()).containsOnlyKeys(given);
    }

    /** Only who has a segment can say that it is complete, and that takes until it is known what follows it. */
    @Test
    void aSegmentThatWasReadToItsEndIsNotGivenAway() {
        String ended = nextToGive();
        reader.places.put(ended, place(Place.FINISHED));
        checkpoints.atEnd(ended);
        assertThat(reach("c").succeeded()).isTrue();
        assertThat(reader.closed).isEmpty();
        assertThat(state.now.segmentsOf("r")).containsOnlyKeys(A, B);

        checkpoints.finished(ended, Map.of());
        assertThat(reach("d").succeeded()).isTrue();
        assertThat(reader.closed).containsExactly(ended);
        assertThat(state.now.segmentsOf("r")).containsOnlyKeys(ended.equals(A) ? B : A);
        assertThat(state.now.unassigned()).isEmpty();
    }

    /** The reader emits nothing between the two, see {@link Barrier}. */
    @Test
    void aCheckpointIsNotOverBeforeItIsWritten() {
        Promise<Void> written = Promise.promise();
        state.apply(List.of(new CreateCheckpoint("c")));
        state.writing = written.future();
        Future<Boolean> passed = checkpoints.reach("c");
        assertThat(passed.isComplete()).isFalse();
        assertThat(reader.over).isEmpty();
        assertThat(reader.closed).isEmpty();
        written.complete();
        assertThat(passed.succeeded()).isTrue();
        assertThat(reader.over).containsExactly("c");
        assertThat(state.now.checkpoints().nextFor("r")).isEmpty();
    }

    private String nextToGive() {
        return Balance.toRelease(state.now, "r").orElseThrow();
    }

    private Future<Boolean> reach(String checkpoint) {
        state.apply(List.of(new CreateCheckpoint(checkpoint)));
        return checkpoints.reach(checkpoint);
    }

    private static Place place(long offset) {
        return new Place(offset, Optional.empty());
    }
}
