/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.ConflictException;
import io.headrace.client.Event;
import io.headrace.client.Position;
import io.headrace.codecs.name.SegmentName;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.processors.PublishProcessor;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A member of a reader group on behalf of a WebSocket, an ordinary one for all others. An event counts as read when the peer
 * has acknowledged it: whoever takes over goes on behind that. When the connection is lost the membership outlives it for a
 * moment, in which the peer may come back under the same name and nothing has to change hands.
 */
final class Membership implements EventFlow.Sink<Membership.Delivery> {
    /** Events that may be sent and not acknowledged. */
    private static final int MAX_UNACKNOWLEDGED = 1_000;

    private static final long RETRY_MILLIS = 50;

    /** For so long a former reader of this name may be on its way out of the group. */
    private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * An event as it is sent.
     *
     * @param place its position as the peer sees it
     */
    record Delivery(SocketFrame frame, String place, Position position) {}

    private final String id;
    private final SocketPeer peer;
    private final Context context;
    private final Function<Flowable<Position>, Flowable<Event<byte[]>>> events;
    private final Runnable whenEnded;
    private final PublishProcessor<Position> acknowledged = PublishProcessor.create();
    private final Deque<Delivery> unacknowledged = new ArrayDeque<>();

    private EventFlow<Delivery> flow;
    private long permits;
    private long retryUntilNanos;
    private boolean isLost;
    private boolean isOver;

    /**
     * @param events of the member, which reads what is given to it as acknowledged
     * @param whenEnded called once, when this is no member any more
     */
    Membership(
            String id,
            SocketPeer peer,
            Context context,
            Function<Flowable<Position>, Flowable<Event<byte[]>>> events,
            Runnable whenEnded) {
        this.id = id;
        this.peer = peer;
        this.context = context;
        this.events = events;
        this.whenEnded = whenEnded;
        this.flow = newFlow();
    }

    private EventFlow<Delivery> newFlow() {
        return new EventFlow<>(context, this::delivery, this);
    }

    private Delivery delivery(Event<byte[]> event) {
        Position position = event.position();
        String place = Places.of(position);
        String segment = event.pointer().segment();
        JsonObject message = SocketMessage.answer("event", id)
                .put(
                        "stream",
                        SegmentName.parse(segment)
                                .map(SegmentName::scopedStream)
                                .orElse(segment))
                .put(EventJson.POSITION, place);
        return new Delivery(peer.format().frame(message, event.value()), place, position);
    }

    /** Joins the group. While a former reader of this name is about to leave it, that is tried again. */
    void join(long firstPermits, boolean isLeaving) {
        permits = firstPermits;
        retryUntilNanos = System.nanoTime() + (isLeaving ? MAX_RETRY_NANOS : 0);
        begin();
    }

    private void begin() {
        flow.permit(permits);
        flow.begin(events.apply(acknowledged));
    }

    void permit(long more) {
        permits += more;
        flow.permit(more);
    }

    void pump() {
        flow.pump();
    }

    /** Everything up to an event has been dealt with. */
    void acknowledge(String place) {
        if (unacknowledged.stream().noneMatch(sent -> sent.place.equals(place))) {
            throw ProblemException.badField(
                    EventJson.POSITION, "is none of an event that came and was not acknowledged");
        }
        Delivery last;
        do {
            last = unacknowledged.remove();
        } while (!last.place.equals(place));
        acknowledged.onNext(last.position);
        flow.pump();
    }

    /** The connection is lost. */
    void lost() {
        isLost = true;
    }

    boolean isLost() {
        return isLost;
    }

    /** Leaves the group: others go on behind what was acknowledged. */
    void leave() {
        if (!isOver) {
            isOver = true;
            flow.cancel();
            whenEnded.run();
        }
    }

    @Override
    public boolean isFull() {
        return isLost || peer.isFull() || unacknowledged.size() >= MAX_UNACKNOWLEDGED;
    }

    @Override
    public void event(Delivery delivery) {
        if (!isLost) {
            unacknowledged.add(delivery);
            peer.send(delivery.frame);
        }
    }

    @Override
    public void ended() {
        leave();
        peer.answer(SocketMessage.answer("ended", id));
    }

    @Override
    public void failed(Throwable cause) {
        boolean isEarly = System.nanoTime() - retryUntilNanos < 0 && unacknowledged.isEmpty();
        if (cause instanceof ConflictException && isEarly && !isOver) {
            context.owner().setTimer(RETRY_MILLIS, timer -> {
                if (!isOver) {
                    flow = newFlow();
                    begin();
                }
            });
        } else {
            leave();
            peer.failed(id, cause);
        }
    }
}
