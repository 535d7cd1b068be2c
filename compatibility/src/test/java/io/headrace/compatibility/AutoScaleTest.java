/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.TxnFailedException;
import io.pravega.client.stream.impl.StreamSegments;
import io.pravega.common.hash.HashHelper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * On a server of their own, for which a minute of automatic scaling lasts a second. Each test waits for the clock most of its
 * time: so they wait together.
 */
@DisplayName("Automatic scaling")
class AutoScaleTest {
    private static final String PACE = "60";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int KEYS = 16;

    private static @Nullable HeadraceProcess server;

    private Client client;

    @BeforeAll
    static void start() {
        assumeThat(Server.isHeadrace()).as("the server has a pace").isTrue();
        server = Server.startHeadrace("auto-scale", "--scaling-pace", PACE);
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() {
        client = new Client(Objects.requireNonNull(server));
        client.createScope();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static StreamConfiguration configuration(ScalingPolicy policy) {
        return StreamConfiguration.builder().scalingPolicy(policy).build();
    }

    private void create(String stream, ScalingPolicy policy) {
        assertThat(client.streams().createStream(client.scope(), stream, configuration(policy)))
                .isTrue();
    }

    private StreamSegments segments(String stream) {
        return client.controller().getCurrentSegments(client.scope(), stream).join();
    }

    private int count(String stream) {
        return segments(stream).getNumberOfSegments();
    }

    /** What the server says about the scaling of a stream. */
    private String explanation(String stream) {
        return Objects.requireNonNull(server).scaling(client.scope(), stream);
    }

    private void await(String stream, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not happen within " + PATIENCE + "; " + explanation(stream));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Something that can be done again and again. */
    private interface Step {
        void run(int number) throws Exception;
    }

    /** Does something again and again in a thread of its own. */
    private final class Load {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final Future<?> running;

        Load(Step step) {
            running = client.inBackground(() -> {
                for (int i = 0; !stop.get(); i++) {
                    step.run(i);
                }
            });
        }

        /** Ends it; fails if it has failed. */
        void end() throws Exception {
            stop.set(true);
            running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private Load writing(String stream) {
        EventStreamWriter<String> writer = client.writer(stream);
        return new Load(i -> writer.writeEvent("key-" + i % KEYS, "event-" + i).join());
    }

    @Case({"AUT-01", "AUT-02"})
    @Execution(ExecutionMode.CONCURRENT)
    void segmentsComeWithLoadAndGoWithIt() throws Exception {
        create("a", ScalingPolicy.byEventRate(1, 2, 1));
        Load load = writing("a");
        await("a", () -> count("a") >= 2);
        load.end();
        assertThat(explanation("a")).contains("\"decision\" : \"split\"");
        await("a", () -> count("a") == 1);
        assertThat(explanation("a")).contains("\"decision\" : \"merge\"");
        client.write("a", "still there");
    }

    @Case("AUT-02")
    @Execution(ExecutionMode.CONCURRENT)
    void theMinimumStays() throws Exception {
        create("a", ScalingPolicy.byDataRate(1_000, 2, 3));
        create("b", ScalingPolicy.byDataRate(1_000, 2, 3));
        assertThat(client.streams()
                        .updateStream(client.scope(), "b", configuration(ScalingPolicy.byDataRate(1_000, 2, 1))))
                .isTrue();
        await("b", () -> count("b") == 1);
        await("a", () -> explanation("a").split("AT_MINIMUM", -1).length > 3);
        assertThat(count("a")).isEqualTo(3);
    }

    @Case("AUT-03")
    @Execution(ExecutionMode.CONCURRENT)
    void transactionsAreLoad() throws Exception {
        create("a", ScalingPolicy.byEventRate(1, 2, 1));
        TransactionalEventStreamWriter<String> writer = client.transactions("a");
        Load load = new Load(i -> transaction(writer, i));
        await("a", () -> count("a") >= 2);
        load.end();
        assertThat(explanation("a")).contains("\"decision\" : \"split\"");
    }

    private static void transaction(TransactionalEventStreamWriter<String> writer, int number)
            throws TxnFailedException {
        Transaction<String> transaction = writer.beginTxn();
        for (int i = 0; i < 50; i++) {
            transaction.writeEvent("key-" + i % KEYS, "event-" + number + "-" + i);
        }
        transaction.commit();
    }

    @Case("AUT-04")
    @Execution(ExecutionMode.CONCURRENT)
    void readersSeeEachEventOnce() throws Exception {
        create("a", ScalingPolicy.byEventRate(1, 3, 1));
        client.checkpointedGroup("g", "a");
        KeyOrder order = new KeyOrder(KEYS);
        List<Load> reading = new ArrayList<>();
        for (String id : List.of("r1", "r2")) {
            EventStreamReader<String> reader = client.reader(id, "g");
            reading.add(new Load(i -> order.readOnce(reader)));
        }
        KeyWriter writer = new KeyWriter(client.writer("a"), KEYS);
        Load writing = new Load(i -> {
            writer.writeRounds(1);
            writer.flush();
        });
        await("a", () -> count("a") >= 3);
        await("a", () -> count("a") >= 5);
        writing.end();
        await("a", () -> order.count() >= writer.acknowledged());
        for (Load reader : reading) {
            reader.end();
        }
        order.assertComplete(writer);
    }

    /** Between two cold segments there is one that is too narrow to be split, however hot it is. */
    @Case("AUT-07")
    @Execution(ExecutionMode.CONCURRENT)
    void coldSegmentsThatAreNoNeighbours() throws Exception {
        create("a", ScalingPolicy.byEventRate(1, 2, 1));
        double hash = HashHelper.seededWith("EventRouter").hashToRange("hot");
        // To the client the upper end of a range belongs to it.
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, Math.nextDown(hash), hash, 1.0))
                .isTrue();
        StreamSegments before = segments("a");
        assertThat(before.getSegmentForKey("hot").getSegmentId()).isEqualTo(SegmentIds.id(2, 1));
        EventStreamWriter<String> writer = client.writer("a");
        Load load = new Load(i -> writer.writeEvent("hot", "event-" + i).join());
        await("a", () -> explanation("a").split("coldUntil", -1).length > 2);
        await("a", () -> explanation("a").contains("TOO_NARROW"));
        assertThat(segments("a").getSegments()).isEqualTo(before.getSegments());
        load.end();
        await("a", () -> count("a") == 1);
    }

    /** The same load lets another stream scale: so there was enough of it, and time enough. */
    @Case("AUT-05")
    @Execution(ExecutionMode.CONCURRENT)
    void aFixedStreamStaysAsItIs() throws Exception {
        create("fixed", ScalingPolicy.fixed(2));
        create("a", ScalingPolicy.byEventRate(1, 2, 2));
        Collection<Segment> before = segments("fixed").getSegments();
        Load fixed = writing("fixed");
        Load scaling = writing("a");
        await("a", () -> count("a") >= 6);
        fixed.end();
        scaling.end();
        assertThat(segments("fixed").getSegments()).isEqualTo(before);
        assertThat(explanation("fixed")).contains("FIXED").doesNotContain("NO_REPORT");
    }

    @Case("AUT-06")
    @Execution(ExecutionMode.CONCURRENT)
    void onlyTheHotSegmentIsSplit() throws Exception {
        create("a", ScalingPolicy.byEventRate(10, 2, 4));
        StreamSegments before = segments("a");
        assertThat(before.getNumberOfSegments()).isEqualTo(4);
        Segment hot = before.getSegmentForKey("hot");
        EventStreamWriter<String> writer = client.writer("a");
        Load load = new Load(i -> {
            String key = i % 1_000 == 0 ? "key-" + i / 1_000 % KEYS : "hot";
            writer.writeEvent(key, "event-" + i).join();
        });
        await("a", () -> count("a") > 4);
        load.end();
        List<Segment> left = new ArrayList<>(before.getSegments());
        assertThat(left.remove(hot)).isTrue();
        assertThat(segments("a").getSegments()).containsAll(left).doesNotContain(hot);
    }
}
