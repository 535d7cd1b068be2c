/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.RejectedException;
import io.headrace.client.StreamName;
import io.headrace.client.UnavailableException;
import io.headrace.codecs.control.ContinuationToken;
import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.DeleteScopeStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.ScopesRequest;
import io.headrace.codecs.control.ScopesResponse;
import io.headrace.codecs.control.StreamsInScopeRequest;
import io.headrace.codecs.control.StreamsInScopeResponse;
import io.headrace.codecs.control.StreamsInScopeWithTagRequest;
import io.vertx.core.Future;
import java.util.List;

/** Administration of scopes, and what is in them. On the controller's loop. */
public final class ScopeCalls {

    /**
     * A part of a listing.
     *
     * @param items none: the listing has ended
     * @param next where the next part begins
     */
    public record Page<T>(List<T> items, String next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    private final Controller controller;

    public ScopeCalls(Controller controller) {
        this.controller = controller;
    }

    public Future<Boolean> create(String scope) {
        return controller
                .call("createScope", info(scope), CreateScopeStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case SCOPE_EXISTS -> Future.succeededFuture(false);
                    case INVALID_SCOPE_NAME ->
                        Future.failedFuture(new RejectedException("no scope can be called " + scope));
                    default -> Future.failedFuture(failed("creating the scope " + scope));
                });
    }

    public Future<Boolean> delete(String scope, boolean recursive) {
        return controller
                .call(
                        recursive ? "deleteScopeRecursive" : "deleteScope",
                        info(scope),
                        DeleteScopeStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case SCOPE_NOT_FOUND -> Future.succeededFuture(false);
                    case SCOPE_NOT_EMPTY ->
                        Future.failedFuture(new ConflictException("the scope " + scope + " is not empty"));
                    default -> Future.failedFuture(failed("deleting the scope " + scope));
                });
    }

    public Future<Boolean> exists(String scope) {
        return controller
                .call("checkScopeExists", info(scope), ExistsResponse.getDefaultInstance())
                .map(ExistsResponse::getExists);
    }

    public Future<Page<String>> list(String from) {
        ScopesRequest request =
                ScopesRequest.newBuilder().setContinuationToken(token(from)).build();
        return controller
                .call("listScopes", request, ScopesResponse.getDefaultInstance())
                .map(reply -> new Page<>(
                        reply.getScopesList(), reply.getContinuationToken().getToken()));
    }

    public Future<Page<StreamName>> streams(String scope, String from) {
        StreamsInScopeRequest request = StreamsInScopeRequest.newBuilder()
                .setScope(info(scope))
                .setContinuationToken(token(from))
                .build();
        return controller
                .call("listStreamsInScope", request, StreamsInScopeResponse.getDefaultInstance())
                .compose(reply -> page(scope, reply));
    }

    public Future<Page<StreamName>> streamsWithTag(String scope, String tag, String from) {
        StreamsInScopeWithTagRequest request = StreamsInScopeWithTagRequest.newBuilder()
                .setScope(info(scope))
                .setTag(tag)
                .setContinuationToken(token(from))
                .build();
        return controller
                .call("listStreamsInScopeForTag", request, StreamsInScopeResponse.getDefaultInstance())
                .compose(reply -> page(scope, reply));
    }

    private static Future<Page<StreamName>> page(String scope, StreamsInScopeResponse reply) {
        return switch (reply.getStatus()) {
            case SUCCESS ->
                Future.succeededFuture(new Page<>(
                        reply.getStreamsList().stream()
                                .map(info -> new StreamName(info.getScope(), info.getStream()))
                                .toList(),
                        reply.getContinuationToken().getToken()));
            case SCOPE_NOT_FOUND -> Future.failedFuture(new NotFoundException("there is no scope " + scope));
            default -> Future.failedFuture(failed("listing the scope " + scope));
        };
    }

    static HeadraceException failed(String what) {
        return new UnavailableException(what + " failed at the controller, which does not say why");
    }

    private static ScopeInfo info(String scope) {
        return ScopeInfo.newBuilder().setScope(scope).build();
    }

    private static ContinuationToken token(String from) {
        return ContinuationToken.newBuilder().setToken(from).build();
    }
}
