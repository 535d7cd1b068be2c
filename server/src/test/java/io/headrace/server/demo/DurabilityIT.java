/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.name.SegmentName;
import io.headrace.server.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server has acknowledged is there after {@code kill -9}, in order, and nothing else is. */
final class DurabilityIT {
    private static final StreamInfo STREAM =
            StreamInfo.newBuilder().setScope("durability").setStream("events").build();
    private static final int EVENTS = 200_000;
    private static final int KILLS = 3;
    private static final int BLOCKS_BEFORE_KILL = 30;

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path temporary;

    @AfterEach
    void close() {
        await(vertx::close);
    }

    @Test
    void acknowledgedEventsSurviveKills() throws Exception {
        Path data = temporary.resolve("data");
        try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
            ControllerClient controller = controller(server.awaitController());
            await(() -> controller.createScope(STREAM.getScope()));
            await(() -> controller.createStream(STREAM, 1));
        }
        List<String> stored = List.of();
        for (int kill = 0; kill < KILLS; kill++) {
            List<String> before = stored;
            List<String> events = events(kill);
            List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
            try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
                ControllerClient controller = controller(server.awaitController());
                assertThat(read(controller)).isEqualTo(before);
                Future<Void> writing = onLoop(() -> connect(controller)
                        .compose(lane ->
                                SegmentWriter.write(lane.connection, lane.segment, bytes(events), acknowledged)));
                while (acknowledged.size() < BLOCKS_BEFORE_KILL && !writing.isComplete()) {
                    Thread.onSpinWait();
                }
                server.kill();
                if (acknowledged.size() < EVENTS / SegmentWriter.EVENTS_PER_BLOCK) {
                    assertThatThrownBy(() -> await(() -> writing)).hasRootCauseInstanceOf(DemoException.class);
                }
            }
            try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
                stored = read(controller(server.awaitController()));
            }
            List<String> added = stored.subList(before.size(), stored.size());
            assertThat(stored.subList(0, before.size())).isEqualTo(before);
            assertThat(added).hasSizeGreaterThanOrEqualTo(acknowledged.size() * SegmentWriter.EVENTS_PER_BLOCK);
            assertThat(added).isEqualTo(events.subList(0, added.size()));
            assertThat(added.size() % SegmentWriter.EVENTS_PER_BLOCK)
                    .as("blocks are atomic")
                    .isZero();
        }
    }

    private record Lane(StoreConnection connection, String segment) {}

    private ControllerClient controller(HostAndPort address) {
        return new ControllerClient(vertx, SocketAddress.inetSocketAddress(address.port(), address.host()));
    }

    private Future<Lane> connect(ControllerClient controller) {
        return controller.currentSegments(STREAM).compose(ranges -> {
            SegmentRange range = ranges.get(0);
            String name = SegmentName.of(
                            STREAM.getScope(),
                            STREAM.getStream(),
                            range.getSegmentId().getSegmentId())
                    .qualified();
            return controller
                    .ownerOf(range.getSegmentId())
                    .compose((NodeUri owner) ->
                            StoreConnection.open(vertx.createNetClient(), owner.getEndpoint(), owner.getPort()))
                    .map(connection -> new Lane(connection, name));
        });
    }

    private List<String> read(ControllerClient controller) {
        List<String> events = new ArrayList<>();
        await(() -> connect(controller).compose(lane -> SegmentReader.read(lane.connection, lane.segment, events::add)
                .compose(bytes -> lane.connection.close())));
        return events;
    }

    private static List<String> events(int round) {
        List<String> events = new ArrayList<>(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events.add("round " + round + ", event " + i);
        }
        return events;
    }

    private static List<byte[]> bytes(List<String> events) {
        return events.stream()
                .map(event -> event.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private <T> Future<T> onLoop(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        vertx.runOnContext(start -> action.get().onComplete(promise));
        return promise.future();
    }

    private <T> T await(Supplier<Future<T>> action) {
        try {
            return onLoop(action).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
