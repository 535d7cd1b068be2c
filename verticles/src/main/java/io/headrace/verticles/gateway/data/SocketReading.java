/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.headrace.verticles.gateway.data.Memberships.Reader;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one WebSocket reads: streams that it has subscribed to, and what it gets as a member of reader groups. */
final class SocketReading {
    /** What is fetched ahead for a subscription. */
    private static final int BYTES_AHEAD = 256 << 10;

    private final SocketPeer peer;
    private final Context context;
    private final HeadraceClient client;
    private final Memberships memberships;
    private final int maxSubscriptions;

    // By the ids that the peer has given them.
    private final Map<String, EventFlow<SocketFrame>> subscriptions = new HashMap<>();
    private final Map<String, Membership> members = new HashMap<>();

    /** Those that are about to become members. */
    private final Set<String> joining = new HashSet<>();

    private boolean isClosed;

    SocketReading(
            SocketPeer peer, Context context, HeadraceClient client, Memberships memberships, int maxSubscriptions) {
        this.peer = peer;
        this.context = context;
        this.client = client;
        this.memberships = memberships;
        this.maxSubscriptions = maxSubscriptions;
    }

    void subscribe(String id, SocketMessage message) {
        checkFree(id);
        StreamName stream = message.stream();
        long permits = message.permits();
        EventFlow<SocketFrame> flow =
                new EventFlow<>(context, event -> frame(peer.format(), id, event), new Delivery(id));
        var events = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(BYTES_AHEAD))
                .from(message.from(stream))
                .events();
        subscriptions.put(id, flow);
        peer.answer(SocketMessage.answer("subscribed", id));
        flow.permit(permits);
        flow.begin(events);
    }

    private static SocketFrame frame(SocketFormat format, String id, Event<byte[]> event) {
        JsonObject message = SocketMessage.answer("event", id).put(EventJson.POSITION, Places.of(event.position()));
        return format.frame(message, event.value());
    }

    private void checkFree(String id) {
        if (subscriptions.containsKey(id) || members.containsKey(id) || joining.contains(id)) {
            throw ProblemException.badField("id", "\"" + id + "\" has a subscription already: unsubscribe first");
        }
        int all = subscriptions.size() + members.size() + joining.size();
        if (all >= maxSubscriptions) {
            throw new ProblemException(
                    429, "there are " + all + " subscriptions on this connection, and can be no more");
        }
    }

    /** Becomes a member of a reader group. */
    void join(String id, SocketMessage message) {
        checkFree(id);
        long permits = message.permits();
        String name = message.reader();
        Reader reader = new Reader(message.group(), name == null ? "socket-" + UUID.randomUUID() : name);
        joining.add(id);
        memberships.prepare(reader, message.streams(), message.takesOver()).onComplete(prepared -> {
            joining.remove(id);
            if (isClosed) {
                return;
            }
            if (prepared.failed()) {
                peer.failed(id, prepared.cause());
            } else {
                join(id, reader, permits);
            }
        });
    }

    private void join(String id, Reader reader, long permits) {
        try {
            Membership member = memberships.join(reader, id, peer, permits, () -> members.remove(id));
            members.put(id, member);
            peer.answer(SocketMessage.answer("joined", id).put("reader", reader.name()));
        } catch (ProblemException | IllegalArgumentException e) {
            peer.failed(id, e);
        }
    }

    void permit(String id, SocketMessage message) {
        long permits = message.permits();
        EventFlow<SocketFrame> flow = subscriptions.get(id);
        if (flow != null) {
            flow.permit(permits);
        } else {
            member(id).permit(permits);
        }
    }

    void acknowledge(String id, SocketMessage message) {
        member(id).acknowledge(message.position());
    }

    void unsubscribe(String id) {
        EventFlow<SocketFrame> flow = subscriptions.remove(id);
        if (flow != null) {
            flow.cancel();
        } else {
            member(id).leave();
        }
        peer.answer(SocketMessage.answer("ended", id));
    }

    private Membership member(String id) {
        @Nullable Membership member = members.get(id);
        if (member == null) {
            throw ProblemException.badField("id", "\"" + id + "\" has no subscription on this connection");
        }
        return member;
    }

    /** The socket takes more. */
    void pump() {
        List.copyOf(subscriptions.values()).forEach(EventFlow::pump);
        List.copyOf(members.values()).forEach(Membership::pump);
    }

    /** The connection has ended. */
    void close() {
        isClosed = true;
        subscriptions.values().forEach(EventFlow::cancel);
        subscriptions.clear();
        List.copyOf(members.values()).forEach(memberships::lost);
        members.clear();
    }

    /** Sends the events of one subscription. */
    private final class Delivery implements EventFlow.Sink<SocketFrame> {
        private final String id;

        Delivery(String id) {
            this.id = id;
        }

        @Override
        public boolean isFull() {
            return peer.isFull();
        }

        @Override
        public void event(SocketFrame message) {
            peer.send(message);
        }

        @Override
        public void ended() {
            subscriptions.remove(id);
            peer.answer(SocketMessage.answer("ended", id));
        }

        @Override
        public void failed(Throwable cause) {
            subscriptions.remove(id);
            peer.failed(id, cause);
        }
    }
}
