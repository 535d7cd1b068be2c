/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The published client, against Headrace or Pravega. Arguments: those of {@link Measurements}. */
final class PublishedClient implements Subject {
    /** A read waits this long although events come, see {@code EventStreamReader}: so it must be short. */
    private static final long POLL_MILLIS = 10;

    private final Client client;
    private final List<EventStreamWriter<byte[]>> writers = new ArrayList<>();
    private String stream = "";
    private @Nullable Thread reading;

    private PublishedClient(Client client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        Client client = new Client(arguments[1]);
        Measurements measurements = Measurements.of(new PublishedClient(client), arguments);
        Results results = measurements.results();
        measurements.addRested("transactions", () -> Transactions.measure(client, results));
        measurements.add("scaling", () -> Scaling.measure(client, results));
        measurements.add("metadata", () -> Metadata.measure(client, results));
        measurements.addRested("tables", () -> Tables.measure(client, results));
        measurements.runAndExit();
    }

    @Override
    public void open(String name, int segments) throws Exception {
        if (reading != null) {
            reading.interrupt();
            reading = null;
        }
        writers.forEach(EventStreamWriter::close);
        writers.clear();
        stream = name;
        client.createStream(name, segments);
    }

    @Override
    public Writer writer() {
        EventStreamWriter<byte[]> writer = client.writer(stream);
        writers.add(writer);
        return (key, event, acknowledged) -> {
            var unused = writer.writeEvent(key, event).whenComplete((stored, failure) -> {
                if (failure != null) {
                    Subject.fail(failure);
                }
                acknowledged.run();
            });
        };
    }

    @Override
    public void read(Consumer<byte[]> events) {
        EventStreamReader<byte[]> reader = client.reader(stream);
        Thread thread = new Thread(() -> {
            try (reader) {
                while (!Thread.currentThread().isInterrupted()) {
                    byte[] event = reader.readNextEvent(POLL_MILLIS).getEvent();
                    if (event != null) {
                        events.accept(event);
                    }
                }
            } catch (RuntimeException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        reading = thread;
    }
}
