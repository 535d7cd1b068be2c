/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.security.auth.DelegationTokenProviderFactory;
import io.pravega.client.segment.impl.ConditionalOutputStream;
import io.pravega.client.segment.impl.ConditionalOutputStreamFactoryImpl;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.state.InitialUpdate;
import io.pravega.client.state.Revision;
import io.pravega.client.state.RevisionedStreamClient;
import io.pravega.client.state.StateSynchronizer;
import io.pravega.client.state.SynchronizerConfig;
import io.pravega.client.state.Update;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.InvalidStreamException;
import io.pravega.client.stream.Serializer;
import io.pravega.client.stream.TruncatedDataException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Revisioned streams and shared state")
class RevisionTest {
    private static final SynchronizerConfig CONFIG =
            SynchronizerConfig.builder().build();

    @Case("REV-01")
    void concurrentUpdatesHaveOneOrder(Client client) throws Exception {
        client.stream("a", 1);
        StateSynchronizer<Names> first = synchronizer(client);
        StateSynchronizer<Names> second = synchronizer(client.twin());
        Future<?> updating = client.inBackground(() -> {
            for (int i = 0; i < 30; i++) {
                add(first, "first" + i);
            }
        });
        for (int i = 0; i < 30; i++) {
            add(second, "second" + i);
        }
        updating.get(60, TimeUnit.SECONDS);
        first.fetchUpdates();
        second.fetchUpdates();
        assertThat(first.getState().values()).hasSize(60).doesNotHaveDuplicates();
        assertThat(second.getState().values()).isEqualTo(first.getState().values());
        assertThat(first.getState().values().stream().filter(v -> v.startsWith("first")))
                .isSortedAccordingTo(
                        (a, b) -> Integer.compare(Integer.parseInt(a.substring(5)), Integer.parseInt(b.substring(5))));
    }

    @Case("REV-02")
    void fetchingReadsAllThereWas(Client client) {
        client.stream("a", 1);
        StateSynchronizer<Names> writer = synchronizer(client);
        StateSynchronizer<Names> reader = synchronizer(client.twin());
        for (int i = 0; i < 50; i++) {
            writer.updateStateUnconditionally(new Change(true, "v" + i));
        }
        reader.fetchUpdates();
        assertThat(reader.getState().values())
                .hasSize(50)
                .startsWith("v0", "v1")
                .endsWith("v48", "v49");
    }

    @Case("REV-03")
    void aSetKeptByTwo(Client client) {
        client.stream("a", 1);
        StateSynchronizer<Names> first = synchronizer(client);
        StateSynchronizer<Names> second = synchronizer(client.twin());
        add(first, "x");
        add(second, "y");
        remove(second, "x");
        add(first, "z");
        remove(first, "y");
        remove(first, "absent");
        second.fetchUpdates();
        assertThat(first.getState().values()).containsExactly("z");
        assertThat(second.getState().values()).containsExactly("z");
    }

    @Case("REV-04")
    void aConditionalWriteNeedsTheLatestRevision(Client client) {
        client.stream("a", 1);
        RevisionedStreamClient<String> stream = revisioned(client);
        Revision start = stream.fetchLatestRevision();
        Revision next = stream.writeConditionally(start, "1");
        assertThat(next).isEqualTo(stream.fetchLatestRevision()).isGreaterThan(start);
        assertThat(stream.writeConditionally(start, "2")).isNull();
        assertThat(stream.writeConditionally(next, "3")).isNotNull();
        assertThat(values(stream.readFrom(start))).containsExactly("1", "3");
    }

    @Case("REV-05")
    void readingFromAndBetweenRevisions(Client client) {
        client.stream("a", 1);
        RevisionedStreamClient<String> stream = revisioned(client);
        List<Revision> revisions = new ArrayList<>(List.of(stream.fetchOldestRevision()));
        for (String value : List.of("1", "2", "3", "4")) {
            stream.writeUnconditionally(value);
            revisions.add(stream.fetchLatestRevision());
        }
        assertThat(values(stream.readFrom(revisions.get(0)))).containsExactly("1", "2", "3", "4");
        assertThat(values(stream.readFrom(revisions.get(2)))).containsExactly("3", "4");
        assertThat(values(stream.readFrom(revisions.get(4)))).isEmpty();
        assertThat(values(stream.readRange(revisions.get(1), revisions.get(3)))).containsExactly("2", "3");
        Iterator<Map.Entry<Revision, String>> all = stream.readFrom(revisions.get(0));
        assertThat(all.next().getKey()).isEqualTo(revisions.get(1));
    }

    @Case("REV-06")
    void theMark(Client client) {
        client.stream("a", 1);
        RevisionedStreamClient<String> stream = revisioned(client);
        assertThat(stream.getMark()).isNull();
        stream.writeUnconditionally("1");
        Revision first = stream.fetchLatestRevision();
        stream.writeUnconditionally("2");
        Revision second = stream.fetchLatestRevision();
        assertThat(stream.compareAndSetMark(null, first)).isTrue();
        assertThat(stream.compareAndSetMark(null, second)).isFalse();
        assertThat(stream.getMark()).isEqualTo(first);
        assertThat(revisioned(client.twin()).compareAndSetMark(first, second)).isTrue();
        assertThat(stream.getMark()).isEqualTo(second);
        assertThat(stream.compareAndSetMark(second, null)).isTrue();
        assertThat(stream.getMark()).isNull();
    }

    @Case("REV-07")
    void truncation(Client client) {
        client.stream("a", 1);
        RevisionedStreamClient<String> stream = revisioned(client);
        Revision start = stream.fetchOldestRevision();
        stream.writeUnconditionally("1");
        Revision kept = stream.fetchLatestRevision();
        stream.writeUnconditionally("2");
        stream.truncateToRevision(kept);
        assertThat(stream.fetchOldestRevision()).isEqualTo(kept);
        assertThatThrownBy(() -> stream.readFrom(start)).isInstanceOf(TruncatedDataException.class);
        assertThat(values(stream.readFrom(kept))).containsExactly("2");
    }

    @Case("REV-08")
    void compactionServesASlowClient(Client client) {
        client.stream("a", 1);
        StateSynchronizer<Names> fast = synchronizer(client);
        StateSynchronizer<Names> slow = synchronizer(client.twin());
        for (String value : List.of("x", "y", "z")) {
            add(fast, value);
            fast.compact(state -> new Beginning(state.values()));
        }
        remove(fast, "y");
        assertThat(revisioned(client).fetchOldestRevision())
                .isGreaterThan(slow.getState().revision());
        slow.fetchUpdates();
        assertThat(slow.getState().values()).containsExactly("x", "z");
        assertThat(synchronizer(client.twin()).getState().values()).containsExactly("x", "z");
    }

    @Case("REV-09")
    void noClientOfAMissingOrSealedStream(Client client) {
        client.createScope();
        assertThatThrownBy(() -> revisioned(client)).isInstanceOf(InvalidStreamException.class);
        client.stream("a", 1);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> revisioned(client)).isInstanceOf(InvalidStreamException.class);
    }

    @Case("WR-13")
    void aConditionalAppendAtAStaleLength(Client client) throws Exception {
        client.stream("a", 1);
        try (ConditionalOutputStream out = new ConditionalOutputStreamFactoryImpl(client.controller(), client.pool())
                .createConditionalOutputStream(
                        new Segment(client.scope(), "a", 0),
                        DelegationTokenProviderFactory.createWithEmptyToken(),
                        EventWriterConfig.builder().build())) {
            assertThat(out.write(ByteBuffer.wrap(new byte[22]), 0)).isTrue();
            assertThat(out.write(ByteBuffer.wrap(new byte[22]), 0)).isFalse();
            assertThat(out.write(ByteBuffer.wrap(new byte[22]), 31)).isFalse();
            assertThat(out.write(ByteBuffer.wrap(new byte[22]), 30)).isTrue();
        }
        assertThat(client.segment("a", 0).fetchCurrentSegmentLength().join()).isEqualTo(60);
    }

    private static RevisionedStreamClient<String> revisioned(Client client) {
        return client.own(client.synchronizers().createRevisionedStreamClient("a", Client.STRINGS, CONFIG));
    }

    private static List<String> values(Iterator<Map.Entry<Revision, String>> entries) {
        List<String> values = new ArrayList<>();
        entries.forEachRemaining(entry -> values.add(entry.getValue()));
        return values;
    }

    private static StateSynchronizer<Names> synchronizer(Client client) {
        StateSynchronizer<Names> synchronizer = client.own(client.synchronizers()
                .createStateSynchronizer("a", new ChangeSerializer(), new BeginningSerializer(), CONFIG));
        synchronizer.initialize(new Beginning(List.of()));
        return synchronizer;
    }

    private static void add(StateSynchronizer<Names> synchronizer, String value) {
        synchronizer.updateState((state, updates) -> {
            updates.add(new Change(true, value));
        });
    }

    private static void remove(StateSynchronizer<Names> synchronizer, String value) {
        synchronizer.updateState((state, updates) -> {
            if (state.values().contains(value)) {
                updates.add(new Change(false, value));
            }
        });
    }

    /** The shared state: names in the order in which they were added. */
    private record Names(String stream, Revision revision, List<String> values)
            implements io.pravega.client.state.Revisioned {
        @Override
        public String getScopedStreamName() {
            return stream;
        }

        @Override
        public Revision getRevision() {
            return revision;
        }
    }

    private record Beginning(List<String> values) implements InitialUpdate<Names> {
        @Override
        public Names create(String stream, Revision revision) {
            return new Names(stream, revision, values);
        }
    }

    private record Change(boolean added, String value) implements Update<Names> {
        @Override
        public Names applyTo(Names state, Revision revision) {
            List<String> values = new ArrayList<>(state.values());
            if (added) {
                values.add(value);
            } else {
                values.remove(value);
            }
            return new Names(state.stream(), revision, values);
        }
    }

    private static final class ChangeSerializer implements Serializer<Change> {
        @Override
        public ByteBuffer serialize(Change change) {
            return Client.STRINGS.serialize((change.added() ? "+" : "-") + change.value());
        }

        @Override
        public Change deserialize(ByteBuffer bytes) {
            String text = Client.STRINGS.deserialize(bytes);
            return new Change(text.startsWith("+"), text.substring(1));
        }
    }

    private static final class BeginningSerializer implements Serializer<Beginning> {
        @Override
        public ByteBuffer serialize(Beginning beginning) {
            return Client.STRINGS.serialize(String.join(",", beginning.values()));
        }

        @Override
        public Beginning deserialize(ByteBuffer bytes) {
            String text = Client.STRINGS.deserialize(bytes);
            return new Beginning(text.isEmpty() ? List.of() : List.of(text.split(",", -1)));
        }
    }
}
