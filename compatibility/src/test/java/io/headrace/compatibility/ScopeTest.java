/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.admin.KeyValueTableManager;
import io.pravega.client.stream.DeleteScopeFailedException;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.tables.KeyValueTableConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Scopes")
class ScopeTest {
    @Case({"ADM-01", "ADM-02"})
    void aScopeIsCreatedOnce(Client client) {
        assertThat(client.streams().createScope(client.scope())).isTrue();
        assertThat(client.streams().createScope(client.scope())).isFalse();
    }

    @Case("ADM-03")
    void illegalNamesAreRefused(Client client) {
        assertThatThrownBy(() -> client.streams().createScope("a_b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.streams().createScope("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("ADM-04")
    void deletingAnAbsentScopeSaysFalse(Client client) {
        assertThat(client.streams().deleteScope(client.scope())).isFalse();
    }

    @Case("ADM-05")
    void aScopeWithAStreamCannotBeDeleted(Client client) {
        client.stream("a", 1);
        assertThatThrownBy(() -> client.streams().deleteScope(client.scope()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.streams().checkScopeExists(client.scope())).isTrue();
    }

    /** The reference does not manage this. */
    @Case("ADM-05")
    void afterARefusedDeletionTheScopeIsUsable(Client client) {
        client.stream("a", 1);
        assertThatThrownBy(() -> client.streams().deleteScope(client.scope()))
                .isInstanceOf(IllegalStateException.class);
        client.stream("b", 1);
        client.write("b", "1");
        assertThat(client.readAll(1, "b")).containsExactly("1");
    }

    @Case("ADM-06")
    void aScopeWithAGroupCannotBeDeleted(Client client) {
        Client other = client.other();
        other.stream("a", 1);
        client.createScope();
        client.groups()
                .createReaderGroup(
                        "g",
                        ReaderGroupConfig.builder().stream(other.named("a")).build());
        assertThatThrownBy(() -> client.streams().deleteScope(client.scope()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Case({"ADM-06", "KVT-01"})
    void aScopeWithATableCannotBeDeleted(Client client) {
        client.createScope();
        createTable(client);
        assertThatThrownBy(() -> client.streams().deleteScope(client.scope()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Case("ADM-07")
    void anEmptiedScopeIsDeletedAndCreatedAgain(Client client) {
        client.stream("a", 2);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().deleteScope(client.scope())).isTrue();
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
        assertThat(client.streams().createScope(client.scope())).isTrue();
    }

    @Case({"ADM-08", "ADM-09"})
    void recursiveDeletion(Client client) throws DeleteScopeFailedException {
        client.stream("a", 2);
        client.stream("b", 1);
        client.write("a", "old");
        client.group("g", "a");
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();

        client.stream("a", 1);
        client.write("a", "new");
        assertThat(client.readAll(1, "a")).containsExactly("new");
    }

    @Case({"ADM-08", "KVT-01"})
    void recursiveDeletionTakesTablesToo(Client client) throws DeleteScopeFailedException {
        client.stream("a", 1);
        createTable(client);
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
    }

    @Case("ADM-10")
    void recursiveDeletionOfAnAbsentScope(Client client) throws DeleteScopeFailedException {
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
    }

    @Case("ADM-11")
    @SuppressWarnings("deprecation") // The deprecated call is what is tested.
    void forcedDeletion(Client client) throws DeleteScopeFailedException {
        client.stream("a", 1);
        client.stream("b", 3);
        client.group("g", "a");
        assertThat(client.streams().deleteScope(client.scope(), true)).isTrue();
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
        client.createScope();
        assertThat(client.streams().listStreams(client.scope()).hasNext()).isFalse();
    }

    @Case("ADM-21")
    void creationDuringRecursiveDeletion(Client client) throws Exception {
        for (int i = 0; i < 5; i++) {
            client.stream("s" + i, 1);
        }
        List<Future<Boolean>> creations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String name = "late" + i;
            creations.add(client.inBackground(() -> {
                try {
                    return client.streams().createStream(client.scope(), name, Client.fixed(1));
                } catch (IllegalArgumentException | IllegalStateException gone) {
                    return false;
                }
            }));
        }
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
        for (Future<Boolean> creation : creations) {
            assertThat(creation.get()).isIn(true, false);
        }
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
        client.createScope();
        assertThat(client.streams().listStreams(client.scope()).hasNext()).isFalse();
    }

    private static void createTable(Client client) {
        KeyValueTableManager tables = client.own(KeyValueTableManager.create(client.config()));
        assertThat(tables.createKeyValueTable(
                        client.scope(),
                        "t",
                        KeyValueTableConfiguration.builder()
                                .partitionCount(2)
                                .primaryKeyLength(4)
                                .secondaryKeyLength(4)
                                .build()))
                .isTrue();
    }
}
