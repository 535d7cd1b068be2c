/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pravega.client.BatchClientFactory;
import io.pravega.client.ByteStreamClientFactory;
import io.pravega.client.ClientConfig;
import io.pravega.client.EventStreamClientFactory;
import io.pravega.client.SynchronizerClientFactory;
import io.pravega.client.admin.ReaderGroupManager;
import io.pravega.client.admin.StreamManager;
import io.pravega.client.admin.impl.ReaderGroupManagerImpl;
import io.pravega.client.connection.impl.ConnectionPool;
import io.pravega.client.connection.impl.ConnectionPoolImpl;
import io.pravega.client.connection.impl.SocketConnectionFactoryImpl;
import io.pravega.client.control.impl.Controller;
import io.pravega.client.control.impl.ControllerImpl;
import io.pravega.client.control.impl.ControllerImplConfig;
import io.pravega.client.security.auth.DelegationTokenProviderFactory;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.segment.impl.SegmentMetadataClient;
import io.pravega.client.segment.impl.SegmentMetadataClientFactoryImpl;
import io.pravega.client.stream.Checkpoint;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.Serializer;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.impl.ClientFactoryImpl;
import io.pravega.client.stream.impl.UTF8StringSerializer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The published client as one test uses it: a scope name that nobody else has, the factories of that scope, and
 * everything opened through this object, closed with it in reverse order.
 */
final class Client implements AutoCloseable {
    /** How long an event that exists may take to be read. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final UTF8StringSerializer STRINGS = new UTF8StringSerializer();

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Server server;
    private final String scope;
    private final ClientConfig config;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable StreamManager streams;
    private @Nullable ReaderGroupManager groups;
    private @Nullable EventStreamClientFactory events;
    private @Nullable Controller controller;
    private @Nullable ConnectionPool pool;
    private @Nullable ScheduledExecutorService executor;
    private @Nullable ExecutorService background;

    Client(Server server) {
        this(server, "scope-" + NUMBER.incrementAndGet() + "-" + Long.toString(System.nanoTime(), 36));
    }

    Client(Server server, String scope) {
        this.server = server;
        this.scope = scope;
        this.config = ClientConfig.builder().controllerURI(server.controller()).build();
    }

    /** Another client of the same server, with a scope of its own. Closed with this one. */
    Client other() {
        return own(new Client(server));
    }

    /** Another client of the same server in the same scope, such as another process would be. */
    Client twin() {
        return own(new Client(server, scope));
    }

    String scope() {
        return scope;
    }

    URI uri() {
        return server.controller();
    }

    /** Where the server answers over HTTP; it must be Headrace, started by these tests. */
    URI http() {
        return ((HeadraceProcess) server).http();
    }

    ClientConfig config() {
        return config;
    }

    synchronized StreamManager streams() {
        if (streams == null) {
            streams = own(StreamManager.create(config));
        }
        return streams;
    }

    synchronized ReaderGroupManager groups() {
        if (groups == null) {
            groups = own(ReaderGroupManager.withScope(scope, config));
        }
        return groups;
    }

    synchronized EventStreamClientFactory events() {
        if (events == null) {
            events = own(EventStreamClientFactory.withScope(scope, config));
        }
        return events;
    }

    ByteStreamClientFactory bytes() {
        return own(ByteStreamClientFactory.withScope(scope, config));
    }

    SynchronizerClientFactory synchronizers() {
        return own(SynchronizerClientFactory.withScope(scope, config));
    }

    BatchClientFactory batches() {
        return own(BatchClientFactory.withScope(scope, config));
    }

    /** The interface behind the factories, for what has no public method: scaling by hand, segment queries. */
    synchronized Controller controller() {
        if (controller == null) {
            controller = own(new ControllerImpl(
                    ControllerImplConfig.builder()
                            .clientConfig(config)
                            .retryAttempts(10)
                            .initialBackoffMillis(1)
                            .backoffMultiple(10)
                            .maxBackoffMillis(20_000)
                            .timeoutMillis(60_000)
                            .build(),
                    executor()));
        }
        return controller;
    }

    synchronized ConnectionPool pool() {
        if (pool == null) {
            pool = own(new ConnectionPoolImpl(config, new SocketConnectionFactoryImpl(config)));
        }
        return pool;
    }

    synchronized ScheduledExecutorService executor() {
        if (executor == null) {
            ScheduledExecutorService created = Executors.newScheduledThreadPool(4);
            executor = created;
            own(created::shutdownNow);
        }
        return executor;
    }

    /** A part of a test that may throw. */
    interface Task {
        void run() throws Exception;
    }

    /**
     * Runs a part of the test beside it, in a thread of its own: those of {@link #executor} are for the client, which waits
     * for ever if they are taken. Interrupted when this object is closed.
     */
    Future<?> inBackground(Task task) {
        return inBackground(() -> {
            task.run();
            return null;
        });
    }

    /** As the other method, for a part that has a result. */
    synchronized <T> Future<T> inBackground(Callable<T> task) {
        if (background == null) {
            ExecutorService created = Executors.newCachedThreadPool();
            background = created;
            own(created::shutdownNow);
        }
        return background.submit(task);
    }

    /** Closes {@code resource} when the test ends. Closing it earlier, or twice, is harmless. */
    synchronized <T extends AutoCloseable> T own(T resource) {
        opened.push(resource);
        return resource;
    }

    /** The client of one segment's properties, which can also truncate that segment behind the controller's back. */
    SegmentMetadataClient segment(String stream, long id) {
        return own(new SegmentMetadataClientFactoryImpl(controller(), pool())
                .createSegmentMetadataClient(
                        new Segment(scope, stream, id), DelegationTokenProviderFactory.createWithEmptyToken()));
    }

    /** The scope of this test, made now if it was not there. */
    String createScope() {
        boolean created = streams().createScope(scope);
        assertThat(created || streams().checkScopeExists(scope)).isTrue();
        return scope;
    }

    /** A new stream in the scope of this test, with a fixed number of segments. */
    String stream(String name, int segments) {
        createScope();
        assertThat(streams().createStream(scope, name, fixed(segments))).isTrue();
        return name;
    }

    Stream named(String stream) {
        return Stream.of(scope, stream);
    }

    static StreamConfiguration fixed(int segments) {
        return StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(segments))
                .build();
    }

    /**
     * A group over whole streams, without automatic checkpoints. Its readers look at the group's state before each read,
     * so that a checkpoint is the next thing they see.
     */
    ReaderGroup group(String name, String... streamNames) {
        ReaderGroupConfig.ReaderGroupConfigBuilder builder =
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().groupRefreshTimeMillis(1);
        for (String stream : streamNames) {
            builder.stream(named(stream));
        }
        return group(name, builder.build());
    }

    /** A group over whole streams with frequent checkpoints: its readers go on past replaced segments by themselves. */
    ReaderGroup checkpointedGroup(String name, String... streamNames) {
        ReaderGroupConfig.ReaderGroupConfigBuilder builder = ReaderGroupConfig.builder()
                .automaticCheckpointIntervalMillis(500)
                .groupRefreshTimeMillis(200);
        for (String stream : streamNames) {
            builder.stream(named(stream));
        }
        return group(name, builder.build());
    }

    /**
     * A new group. The client looks for the end of a checkpoint twice a second, one look after the other; one that has to
     * wait for its turn runs in the internal executor. That of a manager made the usual way has one thread, so that such
     * a look waits for itself until it times out. This one has several.
     */
    ReaderGroup group(String name, ReaderGroupConfig groupConfig) {
        assertThat(groups().createReaderGroup(name, groupConfig)).isTrue();
        ClientFactoryImpl factory = new ClientFactoryImpl(scope, controller(), pool());
        return own(new ReaderGroupManagerImpl(scope, controller(), factory).getReaderGroup(name));
    }

    EventStreamReader<String> reader(String id, String group) {
        return own(
                events().createReader(id, group, STRINGS, ReaderConfig.builder().build()));
    }

    EventStreamWriter<String> writer(String stream) {
        return writer(stream, EventWriterConfig.builder().build());
    }

    EventStreamWriter<String> writer(String stream, EventWriterConfig writerConfig) {
        return writer(stream, STRINGS, writerConfig);
    }

    /** A writer of something else than strings. All of them are made here, so that they can be closed while a stream scales. */
    <T> EventStreamWriter<T> writer(String stream, Serializer<T> serializer, EventWriterConfig writerConfig) {
        return own(new PublishedWriter<>(events().createEventWriter(stream, serializer, writerConfig)));
    }

    /** Transactions with a lease of ten seconds, the shortest there is; they are pinged until they end. */
    TransactionalEventStreamWriter<String> transactions(String stream) {
        return own(events().createTransactionalEventWriter(
                        stream,
                        STRINGS,
                        EventWriterConfig.builder()
                                .transactionTimeoutTime(10_000)
                                .build()));
    }

    /** Writes with the key {@code k} and waits for all acknowledgements. */
    void write(String stream, String... values) {
        try (EventStreamWriter<String> writer = writer(stream)) {
            for (String value : values) {
                writer.writeEvent("k", value).join();
            }
        }
    }

    /** An event of exactly {@code size} bytes with its 8-byte header. */
    static String sized(String prefix, int size) {
        return prefix + "x".repeat(size - 8 - prefix.length());
    }

    /** The next event, passing over checkpoints; the test fails when none comes. */
    static String next(EventStreamReader<String> reader) {
        return nextRead(reader).getEvent();
    }

    static EventRead<String> nextRead(EventStreamReader<String> reader) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            EventRead<String> read = reader.readNextEvent(1000);
            if (read.getEvent() != null) {
                return read;
            }
        }
        return fail("No event within " + PATIENCE);
    }

    static List<String> next(EventStreamReader<String> reader, int count) {
        List<String> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(next(reader));
        }
        return events;
    }

    /** Asserts that there is nothing to read now. */
    static void nothing(EventStreamReader<String> reader) {
        EventRead<String> read = reader.readNextEvent(300);
        assertThat(read.getEvent()).isNull();
        assertThat(read.isCheckpoint()).isFalse();
    }

    /** Takes a checkpoint that the group's only reader passes; nothing else may be read meanwhile. */
    Checkpoint checkpoint(ReaderGroup group, EventStreamReader<String> reader, String name) {
        CompletableFuture<Checkpoint> checkpoint = group.initiateCheckpoint(name, executor());
        EventRead<String> read = reader.readNextEvent(10_000);
        assertThat(read.isCheckpoint()).isTrue();
        assertThat(read.getCheckpointName()).isEqualTo(name);
        assertThat(reader.readNextEvent(100).getEvent()).isNull();
        return checkpoint.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Everything in the streams, read by a new group with one reader, until {@code count} events have come. */
    List<String> readAll(int count, String... streamNames) {
        String group = "all" + NUMBER.incrementAndGet();
        group(group, streamNames);
        EventStreamReader<String> reader = reader("r", group);
        List<String> events = next(reader, count);
        nothing(reader);
        reader.close();
        return events;
    }

    @Override
    public void close() {
        AutoCloseable resource = poll();
        while (resource != null) {
            try {
                resource.close();
            } catch (Exception e) {
                // What a test left half open must not hide the test's own outcome.
                System.err.printf(
                        Locale.ROOT, "close %s: %s%n", resource.getClass().getSimpleName(), e);
            }
            resource = poll();
        }
    }

    private synchronized @Nullable AutoCloseable poll() {
        return opened.poll();
    }
}
