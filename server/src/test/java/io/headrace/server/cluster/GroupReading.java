/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroups;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.disposables.CompositeDisposable;
import java.util.concurrent.TimeUnit;

/** A group of readers, which reads each event once, those of a key in order, whoever has the segment. */
final class GroupReading extends Workload {
    private static final int READERS = 2;
    private static final long PATIENCE_SECONDS = 180;

    private final HeadraceClient client;
    private final StreamName stream;
    private final EventWriting events;
    private final EventWriting.Order order = new EventWriting.Order();
    private final CompositeDisposable reading = new CompositeDisposable();

    GroupReading(HeadraceClient client, StreamName stream, EventWriting events) {
        super("group", 500, READERS);
        this.client = client;
        this.stream = stream;
        this.events = events;
    }

    @Override
    void begin() {
        ReaderGroups groups = client.readerGroups(stream.scope());
        groups.create("group", ReaderGroupConfiguration.of(stream))
                .ignoreElement()
                .blockingAwait();
        ReaderGroup group = groups.group("group");
        for (int i = 0; i < READERS; i++) {
            reading.add(group.reader("reader-" + i, Serializers.utf8())
                    .events()
                    .subscribe(
                            event -> {
                                order.next(event.value());
                                succeeded();
                            },
                            this::broken,
                            () -> broken(new AssertionError("the group ended"))));
        }
    }

    @Override
    void check() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (order.count() < events.written()) {
            assertNotBroken();
            assertThat(System.nanoTime())
                    .as("deadline; the group has read %d of %d events", order.count(), events.written())
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertNotBroken();
        reading.dispose();
    }
}
