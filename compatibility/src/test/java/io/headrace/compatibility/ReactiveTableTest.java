/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.KeyValueTableFactory;
import io.pravega.client.admin.KeyValueTableManager;
import io.pravega.client.tables.IteratorItem;
import io.pravega.client.tables.KeyValueTable;
import io.pravega.client.tables.KeyValueTableClientConfiguration;
import io.pravega.client.tables.KeyValueTableConfiguration;
import io.pravega.client.tables.Put;
import io.pravega.client.tables.Remove;
import io.pravega.client.tables.TableEntry;
import io.pravega.client.tables.TableKey;
import io.pravega.client.tables.Version;
import io.pravega.common.util.AsyncIterator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys are where the other client looks for them, and versions mean the same to both. */
@DisplayName("Key-value tables of the reactive client beside the published one")
class ReactiveTableTest {

    @Test
    void aTableOfThePublishedClient(Client client) {
        client.createScope();
        KeyValueTableManager manager = client.own(KeyValueTableManager.create(client.config()));
        KeyValueTableConfiguration settings = KeyValueTableConfiguration.builder()
                .partitionCount(4)
                .primaryKeyLength(4)
                .secondaryKeyLength(2)
                .build();
        assertThat(manager.createKeyValueTable(client.scope(), "t", settings)).isTrue();
        KeyValueTable table = open(client);
        for (String key : keys(100)) {
            table.update(new Put(key(key), bytes("v" + key))).join();
        }
        assertBothSeeTheSame(client, table, keys(100));
    }

    @Test
    void aTableOfTheReactiveClient(Client client) {
        client.createScope();
        List<String[]> put = PeerProcess.run(client, "table-put", "t", keys(200).toArray());
        KeyValueTable table = open(client);
        assertThat(IntStream.range(0, put.size()).filter(i -> !table.get(key(put.get(i)[0]))
                        .join()
                        .getVersion()
                        .toString()
                        .equals(put.get(i)[1])))
                .isEmpty();
        assertBothSeeTheSame(client, table, keys(200));

        Version mine = table.update(new Put(key("k20000"), bytes("mine"), Version.fromString(put.get(0)[1])))
                .join();
        String changed = PeerProcess.run(client, "table-change", "t", "k20000", mine, "k20100", put.get(1)[1])
                .get(0)[0];
        assertThat(text(table.get(key("k20000")).join().getValue())).isEqualTo("changed");
        assertThat(table.get(key("k20100")).join()).isNull();
        table.update(new Remove(key("k20000"), Version.fromString(changed))).join();
        assertThat(table.exists(key("k20000")).join()).isFalse();
    }

    /** Forty keys with different primary parts. */
    private static List<String> keys(int first) {
        return IntStream.range(first, first + 40).mapToObj(i -> "k" + i + "00").toList();
    }

    private static void assertBothSeeTheSame(Client client, KeyValueTable table, List<String> keys) {
        List<String> published = new ArrayList<>();
        AsyncIterator<IteratorItem<TableEntry>> entries = table.iterator().all().entries();
        for (IteratorItem<TableEntry> page = entries.getNext().join();
                page != null;
                page = entries.getNext().join()) {
            page.getItems()
                    .forEach(entry -> published.add(String.join(
                            " ",
                            text(entry.getKey().getPrimaryKey())
                                    + text(entry.getKey().getSecondaryKey()),
                            text(entry.getValue()),
                            entry.getVersion().toString())));
        }
        assertThat(published).extracting(line -> line.substring(0, 6)).isEqualTo(keys);
        assertThat(PeerProcess.run(client, "table-read", "t").stream().map(words -> String.join(" ", words)))
                .isEqualTo(published);
    }

    private static KeyValueTable open(Client client) {
        KeyValueTableFactory factory = client.own(KeyValueTableFactory.withScope(client.scope(), client.config()));
        return client.own(factory.forKeyValueTable(
                "t", KeyValueTableClientConfiguration.builder().build()));
    }

    private static TableKey key(String text) {
        return new TableKey(bytes(text.substring(0, 4)), bytes(text.substring(4)));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
