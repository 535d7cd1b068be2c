/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.ClientConfig;
import io.pravega.client.EventStreamClientFactory;
import io.pravega.client.KeyValueTableFactory;
import io.pravega.client.admin.ReaderGroupManager;
import io.pravega.client.connection.impl.ConnectionPool;
import io.pravega.client.connection.impl.ConnectionPoolImpl;
import io.pravega.client.connection.impl.SocketConnectionFactoryImpl;
import io.pravega.client.control.impl.Controller;
import io.pravega.client.control.impl.ControllerImpl;
import io.pravega.client.control.impl.ControllerImplConfig;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.impl.ByteArraySerializer;
import io.pravega.client.tables.KeyValueTable;
import io.pravega.client.tables.KeyValueTableClientConfiguration;
import io.pravega.client.tables.KeyValueTableConfiguration;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The published client, connected to one server, with a scope of this run's own. */
final class Client {
    static final long TIMEOUT_SECONDS = 60;

    final String scope = "run-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    final Controller controller;
    final ConnectionPool connections;
    private final ClientConfig config;
    private final EventStreamClientFactory streams;
    private final KeyValueTableFactory tables;

    Client(String controllerAddress) throws Exception {
        config = ClientConfig.builder()
                .controllerURI(URI.create("tcp://" + controllerAddress))
                .build();
        ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
        controller = new ControllerImpl(
                ControllerImplConfig.builder().clientConfig(config).build(), executor);
        connections = new ConnectionPoolImpl(config, new SocketConnectionFactoryImpl(config));
        streams = EventStreamClientFactory.withScope(scope, config);
        tables = KeyValueTableFactory.withScope(scope, config);
        controller.createScope(scope).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    void createStream(String stream, int segments) throws Exception {
        controller.createStream(scope, stream, fixed(segments)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    static StreamConfiguration fixed(int segments) {
        return StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(segments))
                .build();
    }

    /** Creates a key-value table of one partition and opens it. */
    KeyValueTable createTable(String table, int keyBytes) throws Exception {
        KeyValueTableConfiguration configuration = KeyValueTableConfiguration.builder()
                .partitionCount(1)
                .primaryKeyLength(keyBytes)
                .secondaryKeyLength(0)
                .build();
        controller.createKeyValueTable(scope, table, configuration).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return tables.forKeyValueTable(
                table, KeyValueTableClientConfiguration.builder().build());
    }

    EventStreamWriter<byte[]> writer(String stream) {
        return streams.createEventWriter(
                stream, new ByteArraySerializer(), EventWriterConfig.builder().build());
    }

    /** The only reader of a new group, at the beginning of the stream. */
    EventStreamReader<byte[]> reader(String stream) {
        String group = "readers-of-" + stream;
        try (ReaderGroupManager groups = ReaderGroupManager.withScope(scope, config)) {
            groups.createReaderGroup(
                    group,
                    ReaderGroupConfig.builder().stream(scope + "/" + stream).build());
        }
        return streams.createReader(
                "reader",
                group,
                new ByteArraySerializer(),
                ReaderConfig.builder().build());
    }

    /**
     * A writer of transactions whose segments share pooled connections. By default the client opens a connection for each
     * transaction and keeps a megabyte for each for twenty seconds: some fifty transactions a second use up its heap.
     */
    TransactionalEventStreamWriter<byte[]> transactionalWriter(String stream) {
        return streams.createTransactionalEventWriter(
                stream,
                new ByteArraySerializer(),
                EventWriterConfig.builder().enableConnectionPooling(true).build());
    }
}
