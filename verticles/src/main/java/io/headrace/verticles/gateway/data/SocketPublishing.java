/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.headrace.verticles.gateway.data.Producers.Name;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one WebSocket publishes: as it comes, numbered by a producer, or in transactions. */
final class SocketPublishing implements Producers.Owner {
    /** Producers that one connection may publish for. */
    private static final int MAX_PRODUCERS = 64;

    private final SocketPeer peer;
    private final Publisher publisher;
    private final Producers producers;
    private final ByteBudget budget;
    private final SocketTransactions transactions;

    private final Set<Name> claimed = new HashSet<>();

    /** Those of the claimed ones that another connection has taken over. */
    private final Set<Name> lost = new HashSet<>();

    SocketPublishing(SocketPeer peer, Publisher publisher, Producers producers, ByteBudget budget) {
        this.peer = peer;
        this.publisher = publisher;
        this.producers = producers;
        this.budget = budget;
        this.transactions = new SocketTransactions(peer, publisher);
    }

    SocketTransactions transactions() {
        return transactions;
    }

    /** @param bytes of the message */
    void publish(String id, SocketMessage message, int bytes) {
        String key = message.key();
        byte[] event = message.event();
        if (message.hasTransaction()) {
            UUID transaction = message.transaction();
            transactions.check(transaction);
            store(id, bytes, () -> transactions
                    .publish(transaction, key, event)
                    .map(SocketMessage.answer("published", id)));
        } else if (message.hasProducer()) {
            Name name = claim(new Name(message.stream(), message.producer()));
            numbered(id, bytes, name, message.sequence(), key, event);
        } else {
            StreamName stream = message.stream();
            store(id, bytes, () -> publisher.publish(stream, key, event).map(SocketMessage.answer("published", id)));
        }
    }

    private void numbered(String id, int bytes, Name name, long sequence, @Nullable String key, byte[] event) {
        JsonObject answer = SocketMessage.answer("published", id).put("sequence", sequence);
        store(id, bytes, () -> {
            if (lost.contains(name)) {
                return Future.failedFuture(name.takenOver());
            }
            return producers
                    .publish(name, this, sequence, key, event)
                    .map(isNew -> isNew ? answer : answer.put("duplicate", true));
        });
    }

    /** Publishes in turn; the answer comes when the event is durable. */
    private void store(String id, int bytes, Supplier<Future<JsonObject>> publishing) {
        peer.underWay(bytes);
        budget.take(bytes, () -> begun(publishing).onComplete(done -> {
            budget.giveBack(bytes);
            if (done.succeeded()) {
                peer.answer(done.result());
            } else {
                peer.failed(id, done.cause());
            }
            peer.underWay(-bytes);
        }));
    }

    private static Future<JsonObject> begun(Supplier<Future<JsonObject>> publishing) {
        try {
            return publishing.get();
        } catch (ProblemException | IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
    }

    /** Answers with the number of the last event that is stored. */
    void producer(String id, SocketMessage message) {
        Name name = claim(new Name(message.stream(), message.producer()));
        begun(() -> producers.last(name, this).map(last -> SocketMessage.answer("producer", id)
                        .put("last", last)))
                .onSuccess(peer::answer)
                .onFailure(cause -> peer.failed(id, cause));
    }

    private Name claim(Name name) {
        if (lost.contains(name)) {
            throw name.takenOver();
        }
        if (!claimed.contains(name) && claimed.size() >= MAX_PRODUCERS) {
            throw new ProblemException(
                    429, "there are " + claimed.size() + " producers on this connection, and can be no more");
        }
        claimed.add(name);
        return name;
    }

    @Override
    public void lost(Name name) {
        lost.add(name);
    }

    /** The connection has ended. */
    void close() {
        transactions.close();
    }
}
