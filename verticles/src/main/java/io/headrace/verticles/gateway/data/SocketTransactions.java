/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one WebSocket. They are kept open as long as the connection is there; then their leases run out, unless
 * another connection resumes them.
 */
final class SocketTransactions {
    private static final int MAX_OPEN = 64;

    private final SocketPeer peer;
    private final Publisher publisher;
    private final Map<UUID, Transaction<byte[]>> open = new HashMap<>();

    /** Those that are being begun or resumed. */
    private int coming;

    private boolean isClosed;

    SocketTransactions(SocketPeer peer, Publisher publisher) {
        this.peer = peer;
        this.publisher = publisher;
    }

    void begin(String id, SocketMessage message) {
        StreamName stream = message.stream();
        Duration lease = message.lease();
        open(id, "begun", publisher.begin(stream, lease));
    }

    void resume(String id, SocketMessage message) {
        StreamName stream = message.stream();
        UUID transaction = message.transaction();
        Duration lease = message.lease();
        if (open.containsKey(transaction)) {
            throw ProblemException.badField("transaction", "is open on this connection");
        }
        open(id, "resumed", publisher.resume(stream, transaction, lease));
    }

    private void open(String id, String op, Future<Transaction<byte[]>> beginning) {
        if (open.size() + coming >= MAX_OPEN) {
            throw new ProblemException(
                    429, "there are " + MAX_OPEN + " transactions on this connection, and can be no more");
        }
        coming++;
        beginning.onComplete(
                begun -> {
                    coming--;
                    Transaction<byte[]> before = isClosed ? begun : open.put(begun.id(), begun);
                    if (before != null) {
                        release(before);
                    }
                    peer.answer(transaction(op, id, begun.id()));
                },
                cause -> {
                    coming--;
                    peer.failed(id, cause);
                });
    }

    /** Says so if there is no such transaction. */
    void check(UUID transaction) {
        find(transaction);
    }

    Future<Void> publish(UUID transaction, @Nullable String key, byte[] event) {
        Transaction<byte[]> to = find(transaction);
        return publisher
                .onContext(key == null ? to.write(event) : to.write(key, event))
                .mapEmpty();
    }

    /** What was published before is committed, or nothing is. */
    void commit(String id, SocketMessage message) {
        UUID transaction = message.transaction();
        Transaction<byte[]> ending = find(transaction);
        publisher
                .onContext(ending.commit().toSingleDefault(true))
                .onComplete(done -> ended(id, "committed", transaction), cause -> peer.failed(id, cause));
    }

    void abort(String id, SocketMessage message) {
        UUID transaction = message.transaction();
        Transaction<byte[]> ending = find(transaction);
        publisher
                .onContext(ending.abort().toSingleDefault(true))
                .onComplete(done -> ended(id, "aborted", transaction), cause -> peer.failed(id, cause));
    }

    private void ended(String id, String op, UUID transaction) {
        open.remove(transaction);
        peer.answer(transaction(op, id, transaction));
    }

    /** What became of a transaction, of whatever connection. */
    void status(String id, SocketMessage message) {
        StreamName stream = message.stream();
        UUID transaction = message.transaction();
        publisher
                .status(stream, transaction)
                .onComplete(
                        status -> peer.answer(
                                transaction("status", id, transaction).put("status", status.name())),
                        cause -> peer.failed(id, cause));
    }

    private static JsonObject transaction(String op, String id, UUID transaction) {
        return SocketMessage.answer(op, id).put("transaction", transaction.toString());
    }

    private Transaction<byte[]> find(UUID id) {
        Transaction<byte[]> found = open.get(id);
        if (found == null) {
            throw ProblemException.badField("transaction", "is not open on this connection: begin or resume it");
        }
        return found;
    }

    private static void release(Transaction<byte[]> transaction) {
        var unused = transaction.release().onErrorComplete().subscribe();
    }

    void close() {
        isClosed = true;
        open.values().forEach(SocketTransactions::release);
        open.clear();
    }
}
