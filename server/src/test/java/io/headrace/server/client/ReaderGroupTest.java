/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.Checkpoint;
import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.Event;
import io.headrace.client.GroupEvent;
import io.headrace.client.GroupEvent.AtCheckpoint;
import io.headrace.client.GroupEvent.Read;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroup.Distribution;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.ReaderGroups;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.functions.Predicate;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReaderGroupTest extends ClientTest {
    private ReaderGroups groups;

    @BeforeEach
    void openGroups() {
        groups = client.readerGroups(scope);
    }

    @Test
    void groupsAreMadeListedAndDeleted() {
        StreamName stream = stream("a", 1);
        ReaderGroupConfiguration settings = ReaderGroupConfiguration.of(stream);
        assertThat(groups.create("g", settings).blockingGet()).isTrue();
        assertThat(groups.create("g", settings).blockingGet()).isFalse();
        assertThatThrownBy(
                        () -> groups.create("g", settings.withMaxCheckpoints(7)).blockingGet())
                .isInstanceOf(ConflictException.class);
        make("h", settings);
        assertThat(groups.list().toList().blockingGet()).containsExactlyInAnyOrder("g", "h");
        assertThat(groups.group("g").configuration().blockingGet()).isEqualTo(settings);
        assertThat(groups.delete("g").blockingGet()).isTrue();
        assertThat(groups.delete("g").blockingGet()).isFalse();
        assertThat(groups.list().toList().blockingGet()).containsExactly("h");
        assertThatThrownBy(() -> groups.group("g")
                        .reader("r", Serializers.utf8())
                        .events()
                        .blockingFirst())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void readersShareSegmentsAndEachEventIsReadOnce() {
        StreamName stream = stream("a", 4);
        ReaderGroup group = checkpointed("g", stream);
        TestSubscriber<String> first = read(group, "r1");
        TestSubscriber<String> second = read(group, "r2");
        await(
                group.distribution(),
                shares -> shares.equals(new Distribution(new TreeMap<>(Map.of("r1", 2, "r2", 2)), 0)));
        write(stream, 0, 200);
        awaitTotal(200, first, second);
        assertThat(first.values()).isNotEmpty();
        assertThat(second.values()).isNotEmpty();
        assertThat(group.readers().blockingGet()).containsExactly("r1", "r2");
        assertEach(200, first.values(), second.values());
        first.cancel();
        second.cancel();
        await(group.readers(), Set::isEmpty);
    }

    @Test
    void whoLeavesIsTakenOverFromWhereItWas() {
        StreamName stream = stream("a", 2);
        write(stream, 0, 50);
        ReaderGroup group = checkpointed("g", stream);
        List<String> taken = new ArrayList<>(group.reader("r1", Serializers.utf8())
                .events()
                .map(Event::value)
                .take(20)
                .toList()
                .blockingGet());
        taken.addAll(group.reader("r2", Serializers.utf8())
                .events()
                .map(Event::value)
                .take(30)
                .toList()
                .blockingGet());
        assertEach(50, taken);
    }

    @Test
    void theClosingOfAClientEndsItsMembers() {
        StreamName stream = stream("a", 1);
        ReaderGroup group = checkpointed("g", stream);
        HeadraceClient other = HeadraceClient.connect(server.controller());
        TestSubscriber<String> reading = read(other.readerGroups(scope).group("g"), "r1");
        await(group.distribution(), shares -> shares.segments().equals(Map.of("r1", 1)));
        other.close();
        reading.assertError(ClosedException.class);
        assertThat(group.readers().blockingGet()).isEmpty();
    }

    @Test
    void aNameIsUniqueAndWhoIsDeclaredOfflineIsTold() {
        StreamName stream = stream("a", 1);
        write(stream, 0, 10);
        ReaderGroup group = checkpointed("g", stream);
        List<Event<String>> events = new ArrayList<>();
        TestSubscriber<String> first = group.reader("r", Serializers.utf8())
                .events()
                .doOnNext(events::add)
                .map(Event::value)
                .test();
        Received.await(first, 10);
        read(group, "r").awaitDone(PATIENCE, TimeUnit.SECONDS).assertError(ConflictException.class);
        group.readerOffline("r", events.get(3).position()).blockingAwait();
        first.awaitDone(PATIENCE, TimeUnit.SECONDS).assertError(ClosedException.class);
        Received.await(read(group, "r"), 6)
                .assertValuesOnly(IntStream.range(4, 10).mapToObj(i -> event(i)).toArray(String[]::new));
    }

    @Test
    void whoIsDeclaredOfflineLeavesAloneWhoHasItsNameNow() {
        StreamName stream = stream("a", 1);
        write(stream, 0, 10);
        make("g", fast(stream).withCheckpointInterval(Duration.ZERO).withRefreshInterval(Duration.ofSeconds(1)));
        ReaderGroup group = groups.group("g");
        TestSubscriber<String> first = read(group, "r");
        Received.await(first, 10);
        // The second joins, and takes the same segment, before the first looks at the group again.
        group.readerOffline("r").blockingAwait();
        TestSubscriber<String> second = read(group, "r");
        Received.await(second, 10);
        first.awaitDone(PATIENCE, TimeUnit.SECONDS).assertError(ClosedException.class);
        write(stream, 10, 10);
        Received.await(second, 20).assertNoErrors().assertValueCount(20);
        assertThat(first.values()).hasSize(10);
        assertThat(group.readers().blockingGet()).containsExactly("r");
        second.cancel();
    }

    @Test
    void whatFollowsAScalingIsReadWhenItsPredecessorsAreDone() {
        StreamName stream = stream("a", 1);
        ReaderGroup group = checkpointed("g", stream);
        TestSubscriber<String> first = read(group, "r1");
        TestSubscriber<String> second = read(group, "r2");
        write(stream, 0, 100);
        scale(stream, new KeyRange(0, 0.3), new KeyRange(0.3, 0.7), new KeyRange(0.7, 1));
        write(stream, 100, 100);
        scale(stream, new KeyRange(0, 0.5), new KeyRange(0.5, 1));
        write(stream, 200, 100);
        awaitTotal(300, first, second);
        assertEach(300, first.values(), second.values());
        admin.sealStream(stream).blockingAwait();
        first.awaitDone(PATIENCE, TimeUnit.SECONDS).assertComplete();
        second.awaitDone(PATIENCE, TimeUnit.SECONDS).assertComplete();
    }

    @Test
    void aCheckpointWaitsForWhoPassesItAndIsWhereOthersGoOn() {
        StreamName stream = stream("a", 1);
        write(stream, 0, 10);
        ReaderGroup group = unattended("g", stream);
        TestSubscriber<GroupEvent<String>> reading =
                group.reader("r", Serializers.utf8()).eventsAndCheckpoints().test(5);
        Received.await(reading, 5);
        TestSubscriber<Checkpoint> taking = group.checkpoint("c").toFlowable().test();
        await(
                Single.fromCallable(() -> {
                    reading.request(1);
                    return reading.values();
                }),
                values -> values.get(values.size() - 1) instanceof AtCheckpoint);
        reading.request(Long.MAX_VALUE);
        int before = reading.values().size() - 1;
        assertThatThrownBy(() -> group.checkpoint("c").blockingGet()).isInstanceOf(ConflictException.class);
        taking.assertNoValues();
        ((AtCheckpoint<String>) reading.values().get(before)).pass();
        Checkpoint checkpoint =
                taking.awaitDone(PATIENCE, TimeUnit.SECONDS).values().get(0);
        Received.await(reading, 11).assertValueCount(11);
        StreamCut cut = ((Read<String>) reading.values().get(before - 1))
                .event()
                .position()
                .toStreamCut(stream);
        assertThat(checkpoint).isEqualTo(new Checkpoint("c", Map.of(stream.toString(), cut)));
        assertThat(Checkpoint.fromBytes(checkpoint.toBytes())).isEqualTo(checkpoint);
        assertThat(group.unreadBytes().blockingGet()).isPositive();
        // What came after the checkpoint was not passed: others get it again.
        reading.cancel();
        await(group.readers(), Set::isEmpty);
        Received.await(read(group, "s"), 10 - before).assertValueCount(10 - before);
    }

    @Test
    void aGroupBeginsAnewAtACheckpoint() {
        StreamName stream = stream("a", 2);
        ReaderGroup group = unattended("g", stream);
        TestSubscriber<String> reading = read(group, "r");
        write(stream, 0, 20);
        Received.await(reading, 20);
        Checkpoint checkpoint = group.checkpoint("c").blockingGet();
        write(stream, 20, 20);
        Received.await(reading, 40);
        Map<String, StreamCut> cuts = group.streamCuts().blockingGet();
        assertThat(cuts).containsEntry(stream.toString(), admin.tail(stream).blockingGet());
        group.resetTo(checkpoint).blockingAwait();
        reading.awaitDone(PATIENCE, TimeUnit.SECONDS).assertError(ClosedException.class);
        TestSubscriber<String> again = Received.await(read(group, "r"), 20);
        assertThat(again.values())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(20, 40).mapToObj(i -> event(i)).toList());
        group.resetToLastCheckpoint().blockingAwait();
        again.awaitDone(PATIENCE, TimeUnit.SECONDS).assertError(ClosedException.class);
        Received.await(read(group, "r"), 20).cancel();
    }

    @Test
    void aGroupReadsBetweenCutsAndEnds() {
        StreamName stream = stream("a", 2);
        write(stream, 0, 20);
        StreamCut from = admin.tail(stream).blockingGet();
        write(stream, 20, 20);
        StreamCut to = admin.tail(stream).blockingGet();
        write(stream, 40, 20);
        make("g", fast(stream).withStream(stream, new Bounds(Optional.of(from), Optional.of(to))));
        assertThat(read(groups.group("g"), "r")
                        .awaitDone(PATIENCE, TimeUnit.SECONDS)
                        .assertComplete()
                        .values())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(20, 40).mapToObj(i -> event(i)).toList());
    }

    @Test
    void nothingIsFetchedThatIsNotAskedFor() {
        StreamName stream = stream("a", 1);
        write(stream, 0, 100);
        ReaderGroup group = checkpointed("g", stream);
        TestSubscriber<String> reading =
                group.reader("r", Serializers.utf8()).events().map(Event::value).test(3);
        Received.await(reading, 3);
        group.checkpoint("c").ignoreElement().blockingAwait();
        reading.assertValueCount(3);
        reading.request(7);
        Received.await(reading, 10).assertValueCount(10);
        reading.cancel();
    }

    private ReaderGroupConfiguration fast(StreamName stream) {
        return ReaderGroupConfiguration.of(stream)
                .withCheckpointInterval(Duration.ofMillis(300))
                .withRefreshInterval(Duration.ofMillis(100));
    }

    private void make(String name, ReaderGroupConfiguration settings) {
        groups.create(name, settings).ignoreElement().blockingAwait();
    }

    private ReaderGroup checkpointed(String name, StreamName stream) {
        make(name, fast(stream));
        return groups.group(name);
    }

    private ReaderGroup unattended(String name, StreamName stream) {
        make(name, fast(stream).withCheckpointInterval(Duration.ZERO));
        return groups.group(name);
    }

    private static TestSubscriber<String> read(ReaderGroup group, String reader) {
        return group.reader(reader, Serializers.utf8())
                .events()
                .map(Event::value)
                .test();
    }

    private static <T> void await(Single<T> question, Predicate<T> wanted) {
        question.repeatWhen(again -> again.delay(50, TimeUnit.MILLISECONDS))
                .filter(wanted)
                .take(1)
                .timeout(PATIENCE, TimeUnit.SECONDS)
                .ignoreElements()
                .blockingAwait();
    }

    @SafeVarargs
    private static void awaitTotal(int count, TestSubscriber<String>... readings) {
        await(
                Single.fromCallable(() -> {
                    int total = 0;
                    for (TestSubscriber<String> reading : readings) {
                        reading.assertNoErrors();
                        total += reading.values().size();
                    }
                    return total;
                }),
                total -> total >= count);
    }

    private static String event(int i) {
        return i % 7 + "/" + i;
    }

    private void write(StreamName stream, int first, int count) {
        client.writer(stream, Serializers.utf8())
                .writeAll(Flowable.range(first, count).map(i -> event(i)), e -> e.substring(0, 1))
                .blockingAwait();
    }

    private void scale(StreamName stream, KeyRange... ranges) {
        Set<Long> ids = admin.currentSegments(stream).blockingGet().stream()
                .map(StreamSegment::id)
                .collect(Collectors.toSet());
        admin.scale(stream, ids, List.of(ranges)).blockingAwait();
    }

    /** Each event was read once, by one reader, and those of a key in their order. */
    @SafeVarargs
    private static void assertEach(int count, List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            List<String> copy = List.copyOf(part);
            for (int key = 0; key < 7; key++) {
                String prefix = key + "/";
                assertThat(copy.stream()
                                .filter(event -> event.startsWith(prefix))
                                .map(event -> Integer.parseInt(event.substring(2))))
                        .isSorted();
            }
            all.addAll(copy);
        }
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, count).mapToObj(i -> event(i)).toList());
    }
}
