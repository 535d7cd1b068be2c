/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.SCOPE;
import static io.headrace.verticles.control.Messages.STREAM;
import static io.headrace.verticles.control.Messages.createScope;
import static io.headrace.verticles.control.Messages.createStream;
import static io.headrace.verticles.control.Messages.fixed;
import static io.headrace.verticles.control.Messages.scope;
import static io.headrace.verticles.control.Messages.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.DeleteScopeStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.ScopesRequest;
import io.headrace.codecs.control.ScopesResponse;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.StreamsInScopeRequest;
import io.headrace.codecs.control.StreamsInScopeResponse;
import io.headrace.codecs.control.StreamsInScopeWithTagRequest;
import io.headrace.codecs.control.Tags;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ScopeProceduresTest {
    private final TestController controller = new TestController();

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void createScopes() {
        assertThat(createScope(controller, SCOPE)).isEqualTo(CreateScopeStatus.Status.SUCCESS);
        assertThat(createScope(controller, SCOPE)).isEqualTo(CreateScopeStatus.Status.SCOPE_EXISTS);
        for (String name : List.of("", "a b", "a_b", "é", "a/b", "x".repeat(256), "a\nb")) {
            assertThat(createScope(controller, scope(name)))
                    .as(name)
                    .isEqualTo(CreateScopeStatus.Status.INVALID_SCOPE_NAME);
        }
        assertThat(createScope(controller, scope("a.b-c1"))).isEqualTo(CreateScopeStatus.Status.SUCCESS);
    }

    @Test
    void deleteScopes() {
        assertThat(delete("deleteScope", SCOPE)).isEqualTo(DeleteScopeStatus.Status.SCOPE_NOT_FOUND);
        assertThat(delete("deleteScope", scope(""))).isEqualTo(DeleteScopeStatus.Status.SCOPE_NOT_FOUND);
        createScope(controller, SCOPE);
        createStream(controller, fixed(STREAM, 1));
        assertThat(delete("deleteScope", SCOPE)).isEqualTo(DeleteScopeStatus.Status.SCOPE_NOT_EMPTY);
        assertThat(delete("deleteScopeRecursive", SCOPE)).isEqualTo(DeleteScopeStatus.Status.SUCCESS);
        assertThat(delete("deleteScopeRecursive", SCOPE)).isEqualTo(DeleteScopeStatus.Status.SUCCESS);
        assertThat(exists(SCOPE)).isFalse();
        createScope(controller, SCOPE);
        assertThat(delete("deleteScope", SCOPE)).isEqualTo(DeleteScopeStatus.Status.SUCCESS);
    }

    @Test
    void existence() {
        assertThat(exists(SCOPE)).isFalse();
        assertThat(exists(scope(""))).isFalse();
        createScope(controller, SCOPE);
        assertThat(exists(SCOPE)).isTrue();
    }

    @Test
    void listScopes() {
        List<String> names = new ArrayList<>(List.of("_system"));
        for (int i = 0; i < 20; i++) {
            names.add("scope" + i);
            createScope(controller, scope("scope" + i));
        }
        List<String> listed = new ArrayList<>();
        ScopesResponse page = scopes("");
        while (page.getScopesCount() > 0) {
            listed.addAll(page.getScopesList());
            page = scopes(page.getContinuationToken().getToken());
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
        for (String token : List.of("garbage", "/", "-1/x", "x/y", "99999999999/")) {
            controller.refused(
                    GrpcStatus.INVALID_ARGUMENT,
                    "listScopes",
                    ScopesRequest.newBuilder()
                            .setContinuationToken(token(token))
                            .build(),
                    ScopesResponse.getDefaultInstance());
        }
        assertThat(scopes("7000/").getScopesList()).isEmpty();
    }

    @Test
    void listStreams() {
        assertThat(streams("s", "").getStatus()).isEqualTo(StreamsInScopeResponse.Status.SCOPE_NOT_FOUND);
        assertThat(streams("", "").getStatus()).isEqualTo(StreamsInScopeResponse.Status.SCOPE_NOT_FOUND);
        createScope(controller, SCOPE);
        createStream(controller, fixed(STREAM, 1));
        StreamsInScopeResponse page = streams("s", "");
        assertThat(page.getStatus()).isEqualTo(StreamsInScopeResponse.Status.SUCCESS);
        assertThat(page.getStreamsList()).extracting(StreamInfo::getStream).containsExactlyInAnyOrder("a", "_MARKa");
        assertThat(streams("s", page.getContinuationToken().getToken()).getStreamsList())
                .isEmpty();
        assertThat(streams("s", "~~~ no token of ours").getStreamsList()).isEmpty();
    }

    @Test
    void listStreamsByTag() {
        assertThat(tagged("s", "t").getStatus()).isEqualTo(StreamsInScopeResponse.Status.SCOPE_NOT_FOUND);
        createScope(controller, SCOPE);
        StreamConfig config = fixed(STREAM, 1).toBuilder()
                .setTags(Tags.newBuilder().addTag("t"))
                .build();
        createStream(controller, config);
        assertThat(tagged("s", "t").getStreamsList())
                .extracting(StreamInfo::getStream)
                .containsExactly("a");
        assertThat(tagged("s", "").getStreamsList()).isEmpty();
    }

    private DeleteScopeStatus.Status delete(String procedure, ScopeInfo scope) {
        return controller
                .ask(procedure, scope, DeleteScopeStatus.getDefaultInstance())
                .getStatus();
    }

    private boolean exists(ScopeInfo scope) {
        return controller
                .ask("checkScopeExists", scope, ExistsResponse.getDefaultInstance())
                .getExists();
    }

    private ScopesResponse scopes(String token) {
        return controller.ask(
                "listScopes",
                ScopesRequest.newBuilder().setContinuationToken(token(token)).build(),
                ScopesResponse.getDefaultInstance());
    }

    private StreamsInScopeResponse streams(String scope, String token) {
        return controller.ask(
                "listStreamsInScope",
                StreamsInScopeRequest.newBuilder()
                        .setScope(scope(scope))
                        .setContinuationToken(token(token))
                        .build(),
                StreamsInScopeResponse.getDefaultInstance());
    }

    private StreamsInScopeResponse tagged(String scope, String tag) {
        return controller.ask(
                "listStreamsInScopeForTag",
                StreamsInScopeWithTagRequest.newBuilder()
                        .setScope(scope(scope))
                        .setTag(tag)
                        .build(),
                StreamsInScopeResponse.getDefaultInstance());
    }
}
