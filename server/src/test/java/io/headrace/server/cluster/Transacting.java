/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Transactions of some events with different keys: of each all is there or nothing, and all of those committed. */
final class Transacting extends Workload {
    private static final int PARTS = 3;

    private final HeadraceClient client;
    private final StreamName stream;
    private final WriterOptions options;
    private final Set<Integer> committed = new HashSet<>();

    Transacting(HeadraceClient client, StreamName stream, WriterOptions options) {
        super("transactions", 3, 1);
        this.client = client;
        this.stream = stream;
        this.options = options;
    }

    @Override
    void begin() {
        run(this::write);
    }

    private void write() {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8(), options);
        for (int number = 0; !isStopped(); number++) {
            try {
                Transaction<String> transaction = writer.begin().blockingGet();
                for (int part = 0; part < PARTS; part++) {
                    transaction
                            .write("key" + part, number + ":" + part)
                            .ignoreElement()
                            .blockingAwait();
                }
                transaction.commit().blockingAwait();
                committed.add(number);
                succeeded();
            } catch (HeadraceException e) {
                failed(); // what became of it is not known: all of it is there, or nothing
            }
            pause(10);
        }
    }

    @Override
    void check() {
        Map<Integer, List<String>> parts = new TreeMap<>();
        for (String event : EventWriting.read(client, stream)) {
            String[] numbers = event.split(":", -1);
            parts.computeIfAbsent(Integer.parseInt(numbers[0]), number -> new ArrayList<>())
                    .add(numbers[1]);
        }
        parts.forEach((number, found) ->
                assertThat(found).as("transaction %d", number).containsExactlyInAnyOrder("0", "1", "2"));
        assertThat(parts.keySet()).containsAll(committed);
    }
}
