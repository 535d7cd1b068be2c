/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ClientLoad} for the published client. Argument: the controller as {@code host:port}. */
final class PublishedClientLoad implements ClientLoad.Subject {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedClientLoad.class);
    private static final long POLL_MILLIS = 10;

    private final Client client;
    private String stream = "";
    private @Nullable EventStreamWriter<byte[]> writer;
    private volatile @Nullable EventStreamReader<byte[]> reading;

    private PublishedClientLoad(Client client) {
        this.client = client;
    }

    public static void main(String[] arguments) {
        boolean complete = false;
        try {
            ClientLoad.measure("published", new PublishedClientLoad(new Client(arguments[0])));
            complete = true;
        } catch (Exception e) {
            LOG.error("The run failed", e);
        }
        // The client's pools have threads that are no daemons.
        System.exit(complete ? 0 : 1);
    }

    @Override
    public void open(String name) throws Exception {
        stream = name;
        reading = null;
        client.createStream(name);
        writer = client.writer(name);
    }

    @Override
    public void write(byte[] event, Runnable acknowledged) {
        EventStreamWriter<byte[]> open = writer;
        if (open != null) {
            var unused = open.writeEvent("key", event).thenRun(acknowledged);
        }
    }

    @Override
    public void read(Consumer<byte[]> events) {
        EventStreamReader<byte[]> reader = client.reader(stream);
        reading = reader;
        Thread thread = new Thread(() -> {
            while (reader.equals(reading)) {
                byte[] event = reader.readNextEvent(POLL_MILLIS).getEvent();
                if (event != null) {
                    events.accept(event);
                }
            }
            reader.close();
        });
        thread.setDaemon(true);
        thread.start();
    }
}
