/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.HeadraceClient;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Events over HTTP: {@code POST} and {@code GET} on a stream's {@code events}, the latter also as an event stream, and
 * WebSockets on {@code /v1/socket}; key-value tables; descriptions of all that is served. To be used by one HTTP server, which listens on one event loop.
 */
public final class DataApi {
    /** What a WebSocket may name as its protocol. */
    public static final List<String> SUB_PROTOCOLS = SocketFormat.subProtocols();

    private static final String SOCKET = "/v1/socket";

    private final HeadraceClient client;
    private final Context context;
    private final DataOptions options;
    private final Publisher publisher;
    private final Producers producers;
    private final Memberships memberships;
    private final ByteBudget budget;
    private final Set<SocketSession> sessions = new HashSet<>();

    private DataApi(Context context, HeadraceClient client, DataOptions options) {
        this.client = client;
        this.context = context;
        this.options = options;
        this.publisher = new Publisher(client, context, options.maxBytesInFlight());
        this.producers = new Producers(client, context, options.maxBytesInFlight());
        this.memberships = new Memberships(client, context);
        this.budget = new ByteBudget(options.maxBytesInFlight());
    }

    /**
     * Adds the routes; before those that read bodies. To be called on the event loop that the server will listen on.
     *
     * @param client of this cluster
     * @return what has been mounted
     */
    public static DataApi mount(Router router, Vertx vertx, HeadraceClient client, DataOptions options) {
        DataApi api = new DataApi(vertx.getOrCreateContext(), client, options);
        router.route("/v1/*").handler(new Origins(options.origins())::check);
        router.get(SOCKET).handler(api::upgrade);
        RequestBody bodies = new RequestBody(api.budget, options.maxMessageBytes());
        new EventRoutes(client, api.publisher, bodies, options).mount(router);
        new TableRoutes(client, api.publisher, bodies).mount(router);
        Descriptions.mount(router);
        api.tickLater(vertx);
        return api;
    }

    /** One timer after the other: those of a periodic one that a halt has held up would come all at once, before any answer. */
    private void tickLater(Vertx vertx) {
        vertx.setTimer(options.pingMillis(), id -> {
            tick();
            tickLater(vertx);
        });
    }

    /** As much time as lies between two pings has passed. */
    void tick() {
        producers.tick();
        List.copyOf(sessions).forEach(SocketSession::tick);
    }

    private void upgrade(RoutingContext request) {
        if (!"websocket".equalsIgnoreCase(request.request().getHeader("Upgrade"))) {
            throw new ProblemException(426, "this path is for WebSockets");
        }
        request.request().toWebSocket().onSuccess(this::begin);
    }

    private void begin(ServerWebSocket socket) {
        SocketSession session = new SocketSession(socket, this);
        sessions.add(session);
        session.begin(() -> sessions.remove(session));
    }

    DataOptions options() {
        return options;
    }

    /** What a connection needs to read. */
    SocketReading reading(SocketPeer peer) {
        return new SocketReading(peer, context, client, memberships, options.maxSubscriptions());
    }

    /** What a connection needs to publish. */
    SocketPublishing publishing(SocketPeer peer) {
        return new SocketPublishing(peer, publisher, producers, budget);
    }
}
