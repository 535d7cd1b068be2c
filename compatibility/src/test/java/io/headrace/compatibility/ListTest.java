/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Failures.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.admin.KeyValueTableManager;
import io.pravega.client.stream.NoSuchScopeException;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.tables.KeyValueTableConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Lists of scopes and streams, tags")
class ListTest {
    @Case({"LST-01", "LST-02"})
    void streamsWithTheirInternalOnes(Client client) {
        client.stream("a", 1);
        assertThat(names(client.streams().listStreams(client.scope()))).containsExactlyInAnyOrder("a", "_MARKa");
        client.group("g", "a");
        assertThat(names(client.streams().listStreams(client.scope())))
                .containsExactlyInAnyOrder("a", "_MARKa", "_RGg", "_MARK_RGg");
    }

    @Case("LST-03")
    void moreThanAThousandStreams(Client client) {
        client.createScope();
        Set<String> expected = new HashSet<>();
        for (int from = 0; from < 520; from += 40) {
            List<CompletableFuture<Boolean>> batch = new ArrayList<>();
            for (int i = from; i < from + 40; i++) {
                expected.add("s" + i);
                expected.add("_MARKs" + i);
                batch.add(client.controller().createStream(client.scope(), "s" + i, Client.fixed(1)));
            }
            batch.forEach(created -> assertThat(created.join()).isTrue());
        }
        List<String> listed = names(client.streams().listStreams(client.scope()));
        assertThat(listed).doesNotHaveDuplicates();
        assertThat(new HashSet<>(listed)).isEqualTo(expected);
    }

    @Case("LST-04")
    void anAbsentScopeIsNotListed(Client client) {
        Iterator<Stream> streams = client.streams().listStreams(client.scope());
        assertThatThrownBy(streams::hasNext).hasRootCauseInstanceOf(NoSuchScopeException.class);
    }

    @Case("LST-05")
    void scopes(Client client) {
        client.createScope();
        List<String> scopes = new ArrayList<>();
        client.streams().listScopes().forEachRemaining(scopes::add);
        assertThat(scopes).contains("_system", client.scope()).doesNotHaveDuplicates();
    }

    @Case("LST-06")
    void tables(Client client) {
        client.createScope();
        KeyValueTableManager tables = client.own(KeyValueTableManager.create(client.config()));
        KeyValueTableConfiguration configuration = KeyValueTableConfiguration.builder()
                .partitionCount(1)
                .primaryKeyLength(8)
                .secondaryKeyLength(0)
                .build();
        for (String name : List.of("t1", "t2", "t3")) {
            assertThat(tables.createKeyValueTable(client.scope(), name, configuration))
                    .isTrue();
        }
        List<String> listed = new ArrayList<>();
        tables.listKeyValueTables(client.scope()).forEachRemaining(table -> listed.add(table.getKeyValueTableName()));
        assertThat(listed).containsExactlyInAnyOrder("t1", "t2", "t3");
    }

    @Case({"TAG-01", "TAG-02", "TAG-03"})
    void streamsByTag(Client client) {
        client.createScope();
        assertThat(client.streams().createStream(client.scope(), "a", tagged("t1", "t2")))
                .isTrue();
        assertThat(client.streams().createStream(client.scope(), "b", tagged("t1")))
                .isTrue();
        assertThat(byTag(client, "t1")).containsExactlyInAnyOrder("a", "b");
        assertThat(byTag(client, "t2")).containsExactly("a");
        assertThat(byTag(client, "t3")).isEmpty();

        assertThat(client.streams().updateStream(client.scope(), "a", tagged("t3")))
                .isTrue();
        assertThat(client.streams().getStreamTags(client.scope(), "a")).containsExactly("t3");
        assertThat(byTag(client, "t1")).containsExactly("b");
        assertThat(byTag(client, "t2")).isEmpty();
        assertThat(byTag(client, "t3")).containsExactly("a");

        assertThat(client.streams().sealStream(client.scope(), "b")).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), "b")).isTrue();
        assertThat(byTag(client, "t1")).isEmpty();
    }

    @Case("TAG-04")
    void tagsOfAnAbsentStream(Client client) {
        client.createScope();
        assertStatus(Status.Code.NOT_FOUND, () -> client.streams().getStreamTags(client.scope(), "a"));
    }

    @Case("TAG-05")
    void manyStreamsWithOneTag(Client client) {
        client.createScope();
        List<CompletableFuture<Boolean>> creations = new ArrayList<>();
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 210; i++) {
            expected.add("s" + i);
            creations.add(client.controller().createStream(client.scope(), "s" + i, tagged("all")));
        }
        creations.forEach(created -> assertThat(created.join()).isTrue());
        List<String> listed = byTag(client, "all");
        assertThat(listed).doesNotHaveDuplicates();
        assertThat(new HashSet<>(listed)).isEqualTo(expected);
    }

    @Case("TAG-06")
    void tagsInAnAbsentScope(Client client) {
        Iterator<Stream> streams = client.streams().listStreams(client.scope(), "t");
        assertThatThrownBy(streams::hasNext).hasRootCauseInstanceOf(NoSuchScopeException.class);
    }

    @Case("TAG-07")
    void changedTagsDoNotScale(Client client) {
        client.createScope();
        assertThat(client.streams().createStream(client.scope(), "a", tagged("t1")))
                .isTrue();
        Set<Long> before = SegmentIds.current(client, "a");
        assertThat(client.streams().updateStream(client.scope(), "a", tagged("t2")))
                .isTrue();
        assertThat(SegmentIds.current(client, "a")).isEqualTo(before);
    }

    @Case("TAG-08")
    void tagsGoWithTheirScope(Client client) throws Exception {
        client.createScope();
        assertThat(client.streams().createStream(client.scope(), "a", tagged("t1")))
                .isTrue();
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
        client.createScope();
        assertThat(byTag(client, "t1")).isEmpty();
    }

    private static StreamConfiguration tagged(String... tags) {
        return StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(1))
                .tags(Arrays.asList(tags))
                .build();
    }

    private static List<String> byTag(Client client, String tag) {
        return names(client.streams().listStreams(client.scope(), tag));
    }

    private static List<String> names(Iterator<Stream> streams) {
        List<String> names = new ArrayList<>();
        streams.forEachRemaining(stream -> names.add(stream.getStreamName()));
        return names;
    }
}
