/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ClientOptions;
import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.RetentionPolicy;
import io.headrace.client.ScalingPolicy;
import io.headrace.client.SealedException;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.UnavailableException;
import io.reactivex.rxjava3.core.Flowable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdministrationTest extends ClientTest {

    @Test
    void scopesComeAndGo() {
        assertThat(admin.createScope(scope).blockingGet()).isFalse();
        assertThat(admin.scopeExists(scope).blockingGet()).isTrue();
        assertThat(admin.scopes().toList().blockingGet()).contains(scope, "_system");
        stream("a", 1);
        assertThatThrownBy(() -> admin.deleteScope(scope).blockingGet())
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("not empty");
        assertThat(admin.deleteScopeRecursively(scope).blockingGet()).isTrue();
        assertThat(admin.scopeExists(scope).blockingGet()).isFalse();
        assertThat(admin.deleteScope(scope).blockingGet()).isFalse();
    }

    @Test
    void aStreamKeepsItsSettings() {
        StreamName stream = new StreamName(scope, "a");
        StreamConfiguration settings = StreamConfiguration.of(new ScalingPolicy.ByEventRate(100, 2, 3))
                .withRetention(new RetentionPolicy.ByTime(Duration.ofHours(1), Duration.ofDays(1)))
                .withTags("x", "y");
        assertThat(admin.createStream(stream, settings).blockingGet()).isTrue();
        assertThat(admin.createStream(stream, settings).blockingGet()).isFalse();
        assertThat(admin.streamExists(stream).blockingGet()).isTrue();
        assertThat(admin.configuration(stream).blockingGet()).isEqualTo(settings);

        StreamConfiguration other = StreamConfiguration.of(new ScalingPolicy.ByDataRate(7, 3, 4))
                .withRetention(new RetentionPolicy.BySize(1 << 20))
                .withTags("z");
        admin.updateStream(stream, other).blockingAwait();
        assertThat(admin.configuration(stream).blockingGet()).isEqualTo(other);
        assertThat(admin.currentSegments(stream).blockingGet()).hasSize(4);
        assertThat(admin.streamsWithTag(scope, "z").toList().blockingGet()).containsExactly(stream);
        assertThat(admin.streamsWithTag(scope, "x").toList().blockingGet()).isEmpty();
    }

    @Test
    void listingsHaveMoreThanOnePage() {
        List<StreamName> made = IntStream.range(0, 250)
                .mapToObj(i -> new StreamName(scope, "s" + i))
                .toList();
        Flowable.fromIterable(made)
                .flatMapSingle(stream -> admin.createStream(stream, StreamConfiguration.fixed(1)))
                .ignoreElements()
                .blockingAwait();
        assertThat(admin.streams(scope)
                        .filter(s -> !s.name().startsWith("_"))
                        .toList()
                        .blockingGet())
                .containsExactlyInAnyOrderElementsOf(made);
        assertThat(admin.streams(scope).take(3).toList().blockingGet()).hasSize(3);
    }

    @Test
    void scalingReplacesSegments() {
        StreamName stream = stream("a", 1);
        StreamSegment whole = admin.currentSegments(stream).blockingGet().get(0);
        admin.scale(stream, Set.of(whole.id()), List.of(new KeyRange(0, 0.25), new KeyRange(0.25, 1)))
                .blockingAwait();
        assertThat(admin.currentSegments(stream).blockingGet())
                .extracting(StreamSegment::high)
                .containsExactly(0.25, 1.0);
        assertThatThrownBy(() -> admin.scale(stream, Set.of(whole.id()), List.of(new KeyRange(0, 1)))
                        .blockingAwait())
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void aSealedStreamCanBeDeleted() {
        StreamName stream = stream("a", 2);
        assertThat(admin.head(stream).blockingGet()).isEqualTo(new StreamCut(stream, Map.of(0L, 0L, 1L, 0L)));
        assertThat(admin.tail(stream).blockingGet()).isEqualTo(new StreamCut(stream, Map.of(0L, 0L, 1L, 0L)));
        admin.truncate(new StreamCut(stream, Map.of(0L, 0L, 1L, 0L))).blockingAwait();
        assertThatThrownBy(() -> admin.deleteStream(stream).blockingGet()).isInstanceOf(ConflictException.class);
        admin.sealStream(stream).blockingAwait();
        admin.sealStream(stream).blockingAwait();
        assertThat(admin.currentSegments(stream).blockingGet()).isEmpty();
        assertThatThrownBy(() -> admin.tail(stream).blockingGet()).isInstanceOf(SealedException.class);
        assertThat(admin.deleteStream(stream).blockingGet()).isTrue();
        assertThat(admin.deleteStream(stream).blockingGet()).isFalse();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        StreamName absent = new StreamName(scope, "absent");
        assertThat(admin.streamExists(absent).blockingGet()).isFalse();
        assertNotFound(() -> admin.configuration(absent).blockingGet());
        assertNotFound(() -> admin.currentSegments(absent).blockingGet());
        assertNotFound(() -> admin.head(absent).blockingGet());
        assertNotFound(() -> admin.sealStream(absent).blockingAwait());
        assertNotFound(() -> admin.streams("no-scope").toList().blockingGet());
        assertNotFound(() -> admin.createStream(new StreamName("no-scope", "a"), StreamConfiguration.fixed(1))
                .blockingGet());
    }

    @Test
    void theNextControllerIsAskedWhenOneDoesNotAnswer() throws IOException {
        ClientOptions options = ClientOptions.of(URI.create("tcp://127.0.0.1:" + freePort()), server.controller());
        try (HeadraceClient other = HeadraceClient.connect(options)) {
            assertThat(other.administration().scopeExists(scope).blockingGet()).isTrue();
        }
    }

    @Test
    void callsEndAtTheirDeadline() throws IOException {
        ClientOptions options =
                ClientOptions.of(URI.create("tcp://127.0.0.1:" + freePort())).withDeadline(Duration.ofMillis(300));
        try (HeadraceClient other = HeadraceClient.connect(options)) {
            assertThatThrownBy(() -> other.administration().createScope("a").blockingGet())
                    .isInstanceOf(UnavailableException.class)
                    .satisfies(e ->
                            assertThat(((HeadraceException) e).isRetryable()).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9090", "http://127.0.0.1:9090", "tcp://127.0.0.1", "tcp://:9090"})
    void addressesAreChecked(String address) {
        assertThatThrownBy(() -> HeadraceClient.connect(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertNotFound(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NotFoundException.class);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** As one whose process has been stopped: connections are made, and nothing comes. */
    @Test
    void aControllerThatDoesNotAnswerIsPassedOver() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            URI dead = URI.create("tcp://127.0.0.1:" + silent.getLocalPort());
            try (HeadraceClient both = HeadraceClient.connect(ClientOptions.of(dead, server.controller()))) {
                assertThat(both.administration().scopeExists("_system").blockingGet())
                        .isTrue();
            }
            ClientOptions brief = ClientOptions.of(dead).withDeadline(Duration.ofSeconds(1));
            try (HeadraceClient alone = HeadraceClient.connect(brief)) {
                assertThatThrownBy(() ->
                                alone.administration().scopeExists("_system").blockingGet())
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("no answer within");
            }
        }
    }
}
