/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.KeyValueTable;
import io.headrace.client.Serializers;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableVersion;
import io.headrace.testkit.history.LinearizabilityChecker;
import io.headrace.testkit.history.Operation;
import io.headrace.testkit.history.SequentialModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients that look at few keys of a table, and change and remove them if nobody else has; what they were told must be
 * linearizable. No value is written twice, so a value says as much as its version.
 */
final class TableUse extends Workload {
    static final int KEY_BYTES = 8;

    private static final int CLIENTS = 4;
    private static final int KEYS = 3;

    /** After so many values other keys are used: long histories of one key take long to check. */
    private static final int VALUES_OF_A_KEY = 500;

    private static final String ABSENT = "";
    private static final String YES = "yes";
    private static final String NO = "no";

    private final HeadraceClient client;
    private final TableName table;
    private final AtomicLong moment = new AtomicLong();
    private final AtomicLong values = new AtomicLong();
    private final List<Operation<Input, String>> history = Collections.synchronizedList(new ArrayList<>());

    private sealed interface Input {
        /** Answered with the value. */
        record Look() implements Input {}

        /** Answered with whether the value was {@code from}, and now is {@code to}. */
        record Swap(String from, String to) implements Input {}
    }

    private static final SequentialModel<String, Input, String> MODEL = new SequentialModel<>() {
        @Override
        public String initial() {
            return ABSENT;
        }

        @Override
        public @Nullable String next(String state, Input input, @Nullable String output) {
            if (input instanceof Input.Swap swap) {
                boolean done = state.equals(swap.from());
                boolean possible = output == null ? done : done == output.equals(YES);
                return possible ? (done ? swap.to() : state) : null;
            }
            return state.equals(output) ? state : null;
        }
    };

    /** What a client knows of a key: null if it knows that the key is not there. */
    private record Known(@Nullable TableEntry<String, String> entry) {
        String value() {
            return entry == null ? ABSENT : entry.value();
        }
    }

    TableUse(HeadraceClient client, TableName table) {
        super("table", 100, CLIENTS);
        this.client = client;
        this.table = table;
    }

    @Override
    void begin() {
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            run(() -> new One(number).use());
        }
    }

    @Override
    void check() {
        assertThat(new LinearizabilityChecker<>(MODEL).check(history)).isNull();
    }

    private final class One {
        private final KeyValueTable<String, String> entries =
                client.table(table, TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
        private final Random random;
        private final Map<String, Known> known = new HashMap<>();

        One(int number) {
            random = new Random(number);
        }

        void use() {
            while (!isStopped()) {
                String key =
                        String.format(Locale.ROOT, "%06d-%d", values.get() / VALUES_OF_A_KEY, random.nextInt(KEYS));
                Known last = known.get(key);
                if (last == null || random.nextInt(3) == 0) {
                    look(key);
                } else {
                    String to = last.entry() != null && random.nextInt(8) == 0
                            ? ABSENT
                            : Long.toString(values.incrementAndGet());
                    swap(key, last, to);
                }
                pause(5);
            }
        }

        private void look(String key) {
            long invoked = moment.incrementAndGet();
            try {
                Known found = new Known(entries.get(key).blockingGet());
                record(key, new Input.Look(), found.value(), invoked);
                known.put(key, found);
                succeeded();
            } catch (HeadraceException e) {
                failed();
            }
        }

        private void swap(String key, Known last, String to) {
            Input input = new Input.Swap(last.value(), to);
            known.remove(key);
            long invoked = moment.incrementAndGet();
            try {
                change(key, last.entry(), to);
                record(key, input, YES, invoked);
                succeeded();
            } catch (ConflictException e) {
                record(key, input, NO, invoked);
                succeeded();
            } catch (HeadraceException e) {
                history.add(new Operation<>(key, input, null, invoked, Operation.NEVER));
                failed();
            }
        }

        private void change(String key, @Nullable TableEntry<String, String> from, String to) {
            if (from == null) {
                entries.putIfAbsent(key, to).ignoreElement().blockingAwait();
                return;
            }
            TableVersion version = from.version();
            if (to.equals(ABSENT)) {
                entries.removeIfVersion(key, version).blockingAwait();
            } else {
                entries.putIfVersion(key, to, version).ignoreElement().blockingAwait();
            }
        }

        private void record(String key, Input input, String output, long invoked) {
            history.add(new Operation<>(key, input, output, invoked, moment.incrementAndGet()));
        }
    }
}
