/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client that adds numbered operations, several at a time, and remembers every answer. When its owner is lost it asks
 * the next one for its last operation and goes on behind that: each operation must end up in the journal once.
 */
final class JournalClient {

    /** What all clients of one journal know together. */
    static final class History {
        /** Digest of every version that any owner ever showed to any client. */
        final Map<Long, Long> chains = new HashMap<>();

        /** Newest version that owners of an epoch have shown, by epoch. */
        final Map<Long, Long> shown = new HashMap<>();

        /** Versions of entries that were confirmed, with what they hold. */
        final List<Confirmed> confirmed = new ArrayList<>();

        /** Probability that a look becomes a trim. */
        double trims;

        long trimmedTo = 1;
        long answers;
        long payloads;

        long shownUpTo(long epoch) {
            return shown.entrySet().stream()
                    .filter(entry -> entry.getKey() <= epoch)
                    .mapToLong(Map.Entry::getValue)
                    .max()
                    .orElse(0);
        }
    }

    /** An entry that must be readable, unless it was trimmed. */
    record Confirmed(long version, int client, long operation, int part, int length) {}

    private static final int WINDOW = 5;

    private final Simulation simulation;
    private final RandomGenerator random;
    private final SimulatedPartition<JournalCommand, JournalReply> partition;
    private final History history;
    private final int client;
    private final double bigBatches;

    private SimulatedPartition<JournalCommand, JournalReply>.@Nullable Owner owner;
    private long quota;
    private long next = 1;
    private long acknowledged;
    private long connection;
    private int inFlight;
    private boolean connecting;

    JournalClient(
            Simulation simulation,
            SimulatedPartition<JournalCommand, JournalReply> partition,
            History history,
            int client,
            double bigBatches,
            long quota) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.partition = partition;
        this.history = history;
        this.client = client;
        this.bigBatches = bigBatches;
        this.quota = quota;
    }

    /** Runs until the quota of operations is confirmed. */
    void start() {
        simulation.after(random.nextInt(2_000), this::act);
    }

    /** Leaves out what has not been sent yet. */
    void finish() {
        quota = Math.min(quota, next - 1);
    }

    boolean isDone() {
        return acknowledged >= quota;
    }

    long acknowledged() {
        return acknowledged;
    }

    int client() {
        return client;
    }

    private void act() {
        if (isDone()) {
            return;
        }
        var connected = owner;
        if (connected == null) {
            connect();
        } else if (!connecting) {
            if (inFlight < WINDOW && next <= quota) {
                add(connected);
            }
            if (random.nextInt(4) == 0) {
                look(connected);
            }
        }
        simulation.after(random.nextInt(3_000), this::act);
    }

    private void connect() {
        var serving = partition.owners().stream().filter(o -> o.isServing()).toList();
        if (serving.isEmpty()) {
            return;
        }
        // Mostly the newest one; a stale directory may still name a former owner.
        var chosen = serving.get(random.nextInt(8) == 0 ? random.nextInt(serving.size()) : serving.size() - 1);
        owner = chosen;
        connecting = true;
        inFlight = 0;
        connection++;
        send(chosen, new JournalCommand.Observe(client), reply -> {
            connecting = false;
            next = ((JournalReply.State) reply).lastOperation() + 1;
            acknowledged = Math.max(acknowledged, next - 1);
        });
    }

    private void add(SimulatedPartition<JournalCommand, JournalReply>.Owner to) {
        boolean big = simulation.chance(bigBatches);
        int parts = big ? 1 + random.nextInt(6) : 1 + random.nextInt(3);
        int bytes = big ? 100_000 + random.nextInt(700_000) : random.nextInt(300);
        long operation = next++;
        inFlight++;
        send(to, new JournalCommand.Add(client, operation, parts, bytes), reply -> {
            inFlight--;
            JournalReply.State state = (JournalReply.State) reply;
            if (state.lastOperation() < operation) {
                throw simulation.violation("operation " + operation + " was not done: " + state);
            }
            if (state.lastOperation() == operation) {
                for (int part = 0; part < parts; part++) {
                    long version = state.version() - parts + 1 + part;
                    history.confirmed.add(new Confirmed(version, client, operation, part, bytes));
                }
            }
            acknowledged = Math.max(acknowledged, operation);
        });
    }

    private void look(SimulatedPartition<JournalCommand, JournalReply>.Owner at) {
        if (random.nextInt(4) == 0) {
            send(at, new JournalCommand.Observe(client), reply -> {});
        } else if (simulation.chance(history.trims)) {
            long version = 1 + random.nextLong(1 + history.shownUpTo(Long.MAX_VALUE));
            history.trimmedTo = Math.max(history.trimmedTo, version);
            send(at, new JournalCommand.Trim(version), reply -> {});
        } else if (!history.confirmed.isEmpty()) {
            Confirmed entry = history.confirmed.get(random.nextInt(history.confirmed.size()));
            send(at, new JournalCommand.ReadBack(entry.version), reply -> check(entry, at, reply));
        }
    }

    private void check(Confirmed entry, SimulatedPartition<JournalCommand, JournalReply>.Owner by, JournalReply reply) {
        if (reply instanceof JournalReply.Payload payload) {
            history.payloads++;
            boolean right = payload.bytes().readableBytes() == entry.length;
            for (int i = 0; i < entry.length && right; i++) {
                right = payload.bytes().getByte(payload.bytes().readerIndex() + i)
                        == JournalMachine.payload(entry.client, entry.operation, entry.part, i);
            }
            payload.bytes().release();
            if (!right) {
                throw simulation.violation(by + " has other bytes for " + entry);
            }
        } else if (reply instanceof JournalReply.Missing missing && entry.version >= history.trimmedTo) {
            // A former owner may not have what came after it.
            if (history.shown.getOrDefault(by.epoch(), 0L) >= entry.version) {
                throw simulation.violation(by + " says " + missing + " of " + entry);
            }
        }
    }

    private void send(
            SimulatedPartition<JournalCommand, JournalReply>.Owner to,
            JournalCommand command,
            java.util.function.Consumer<JournalReply> onReply) {
        long sentOn = connection;
        long atLeast = history.shownUpTo(to.epoch());
        to.submit(command, new ReplyTo<>() {
            @Override
            public void reply(JournalReply reply) {
                history.answers++;
                if (reply instanceof JournalReply.State state) {
                    checkState(state, to.epoch(), atLeast);
                }
                if (sentOn == connection) {
                    onReply.accept(reply);
                } else if (reply instanceof JournalReply.Payload payload) {
                    payload.bytes().release();
                }
            }

            @Override
            public void lost(String reason) {
                if (sentOn == connection && owner != null) {
                    owner = null;
                    connecting = false;
                }
            }
        });
    }

    private void checkState(JournalReply.State state, long epoch, long atLeast) {
        if (state.version() < atLeast) {
            throw simulation.violation(
                    "epoch " + epoch + " shows version " + state.version() + " after " + atLeast + " was shown");
        }
        Long before = history.chains.putIfAbsent(state.version(), state.chain());
        if (before != null && before != state.chain()) {
            throw simulation.violation("two histories were shown up to version " + state.version());
        }
        history.shown.merge(epoch, state.version(), Math::max);
    }
}
