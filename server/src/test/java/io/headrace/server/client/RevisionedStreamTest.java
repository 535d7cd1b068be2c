/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.NotFoundException;
import io.headrace.client.Revision;
import io.headrace.client.RevisionedStream;
import io.headrace.client.RevisionedStream.Entry;
import io.headrace.client.Serializer;
import io.headrace.client.Serializers;
import io.headrace.client.StateModel;
import io.headrace.client.StateSynchronizer;
import io.headrace.client.StreamName;
import io.headrace.client.TruncatedException;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RevisionedStreamTest extends ClientTest {

    @Test
    void aConditionalWriteNeedsTheLatestRevision() {
        RevisionedStream<String> log = log("a");
        Revision start = log.oldest().blockingGet();
        assertThat(log.latest().blockingGet()).isEqualTo(start);
        Revision first = log.writeIf(start, "1").blockingGet();
        assertThat(first).isEqualTo(log.latest().blockingGet()).isGreaterThan(start);
        assertThat(log.writeIf(start, "2").isEmpty().blockingGet()).isTrue();
        log.write("3").blockingAwait();
        assertThat(log.writeIf(first, "4").isEmpty().blockingGet()).isTrue();
        Revision third = log.latest().blockingGet();
        Revision last = log.writeIf(third, "").blockingGet();
        assertThat(entries(log, start))
                .extracting(entry -> entry.value() + "@" + entry.revision())
                .containsExactly("1@" + first, "3@" + third, "@" + last);
        assertThat(entries(log, Revision.parse(third.toString())))
                .extracting(Entry::value)
                .containsExactly("");
        assertThat(entries(log, last)).isEmpty();
    }

    @Test
    void muchIsReadByPagesAndWhatIsTruncatedIsNot() {
        RevisionedStream<String> log = log("a");
        Revision start = log.oldest().blockingGet();
        String filler = "x".repeat(50_000);
        Flowable.range(0, 20).concatMapCompletable(i -> log.write(i + filler)).blockingAwait();
        List<Entry<String>> all = log.read(start).rebatchRequests(1).toList().blockingGet();
        assertThat(all)
                .extracting(Entry::value)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> i + filler).toList());
        Revision middle = all.get(9).revision();
        log.truncate(middle).blockingAwait();
        log.truncate(all.get(3).revision()).blockingAwait();
        assertThat(log.oldest().blockingGet()).isEqualTo(middle);
        assertThatThrownBy(() -> entries(log, start)).isInstanceOf(TruncatedException.class);
        assertThat(entries(log, middle)).hasSize(10);
    }

    @Test
    void theMark() {
        RevisionedStream<String> log = log("a");
        Revision start = log.oldest().blockingGet();
        Revision first = log.writeIf(start, "1").blockingGet();
        assertThat(log.mark().isEmpty().blockingGet()).isTrue();
        assertThat(move(log, Optional.of(start), Optional.of(first))).isFalse();
        assertThat(move(log, Optional.empty(), Optional.of(first))).isTrue();
        assertThat(move(log, Optional.empty(), Optional.of(start))).isFalse();
        assertThat(log.mark().blockingGet()).isEqualTo(first);
        assertThat(move(log, Optional.of(first), Optional.empty())).isTrue();
        assertThat(log.mark().isEmpty().blockingGet()).isTrue();
    }

    @Test
    void concurrentChangesHaveOneOrder() {
        StreamName stream = stream("a", 1);
        StateSynchronizer<List<String>, String> first = client.synchronizer(stream, new Words());
        StateSynchronizer<List<String>, String> second = client.synchronizer(stream, new Words());
        assertThatThrownBy(() -> first.fetch().blockingGet()).isInstanceOf(NotFoundException.class);
        assertThat(first.initialize(List.of()).blockingGet()).isTrue();
        assertThat(second.initialize(List.of("late")).blockingGet()).isFalse();
        Completable.mergeArray(count(first, "a"), count(second, "b"), count(first, "c"))
                .blockingAwait();
        List<String> state = first.fetch().blockingGet();
        assertThat(second.fetch().blockingGet()).isEqualTo(state).hasSize(60).doesNotHaveDuplicates();
        // Each was computed of the state before it.
        for (int i = 0; i < state.size(); i++) {
            assertThat(state.get(i)).endsWith("#" + i);
        }
    }

    @Test
    void aCompactedStateIsWhereOthersBegin() {
        StreamName stream = stream("a", 1);
        RevisionedStream<String> log = client.revisionedStream(stream, Serializers.utf8());
        StateSynchronizer<List<String>, String> writing = client.synchronizer(stream, new Words());
        StateSynchronizer<List<String>, String> slow = client.synchronizer(stream, new Words());
        writing.initialize(List.of("0")).ignoreElement().blockingAwait();
        assertThat(slow.fetch().blockingGet()).containsExactly("0");
        for (int i = 1; i <= 3; i++) {
            writing.append(List.of(Integer.toString(i))).blockingAwait();
            writing.compact().blockingAwait();
        }
        writing.append(List.of("4", "5")).blockingAwait();
        assertThat(log.oldest().blockingGet().offset()).isPositive();
        assertThat(log.mark().blockingGet()).isGreaterThan(log.oldest().blockingGet());
        List<String> all = List.of("0", "1", "2", "3", "4", "5");
        assertThat(slow.fetch().blockingGet()).isEqualTo(all);
        assertThat(writing.fetch().blockingGet()).isEqualTo(all);
        assertThat(client.synchronizer(stream, new Words()).fetch().blockingGet())
                .isEqualTo(all);
    }

    private RevisionedStream<String> log(String name) {
        return client.revisionedStream(stream(name, 1), Serializers.utf8());
    }

    private static boolean move(RevisionedStream<String> log, Optional<Revision> from, Optional<Revision> to) {
        return log.compareAndSetMark(from, to).blockingGet();
    }

    private static List<Entry<String>> entries(RevisionedStream<String> log, Revision from) {
        return log.read(from).toList().blockingGet();
    }

    private static Completable count(StateSynchronizer<List<String>, String> words, String prefix) {
        return Flowable.range(0, 20)
                .concatMapSingle(i -> words.update(state -> List.of(prefix + i + "#" + state.size())))
                .ignoreElements();
    }

    /** A list that grows. */
    private static final class Words implements StateModel<List<String>, String> {
        @Override
        public List<String> apply(List<String> state, String change) {
            List<String> next = new ArrayList<>(state);
            next.add(change);
            return List.copyOf(next);
        }

        @Override
        public Serializer<List<String>> states() {
            return new Serializer<>() {
                @Override
                public byte[] serialize(List<String> event) {
                    return Serializers.utf8().serialize(String.join(",", event));
                }

                @Override
                public List<String> deserialize(ByteBuffer bytes) {
                    String text = Serializers.utf8().deserialize(bytes);
                    return text.isEmpty() ? List.of() : List.of(text.split(","));
                }
            };
        }

        @Override
        public Serializer<String> changes() {
            return Serializers.utf8();
        }
    }
}
