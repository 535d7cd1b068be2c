/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Callers whose answer must wait: those who wait for work to end, and commands that wait for other work on their subject
 * to end before they are executed. Volatile; bounded in number and in bytes.
 */
final class Waiters {
    /** Commands that wait for one subject. */
    private static final int MAX_QUEUE = 64;

    /** Callers that wait for work to end, in all. */
    private static final int MAX_PARKED = 20_000;

    /** Rough heap size of all commands that wait. */
    private static final long MAX_QUEUED_BYTES = 32 << 20;

    private static final Failed TOO_MANY = new Failed(Code.RESOURCE_EXHAUSTED, "too many callers wait already");
    private static final Failed TIMED_OUT = new Failed(Code.DEADLINE_EXCEEDED, "the work is not done yet, and goes on");

    /** What a caller may wait for. */
    enum Event {
        CREATED,
        UPDATED,
        TRUNCATED,
        SEALED,
        DELETED,
        COMMITTED
    }

    private record Key(Subject subject, Event event) {}

    /** A caller. Those who have come first have waited longest: all wait for the same time. */
    private abstract static class Waiting {
        final ReplyTo<? super StreamReply> replyTo;
        final long untilMillis;

        Waiting(ReplyTo<? super StreamReply> replyTo, long untilMillis) {
            this.replyTo = replyTo;
            this.untilMillis = untilMillis;
        }
    }

    private static final class Parked extends Waiting {
        final Key key;

        Parked(Key key, ReplyTo<? super StreamReply> replyTo, long untilMillis) {
            super(replyTo, untilMillis);
            this.key = key;
        }
    }

    /** A command that is to be executed later. */
    static final class Queued extends Waiting {
        private final Subject subject;
        private final StreamCommand command;

        private Queued(Subject subject, StreamCommand command, ReplyTo<? super StreamReply> replyTo, long untilMillis) {
            super(replyTo, untilMillis);
            this.subject = subject;
            this.command = command;
        }

        StreamCommand command() {
            return command;
        }

        ReplyTo<? super StreamReply> replyTo() {
            return replyTo;
        }
    }

    private final long waitMillis;
    private final StreamReply tooLong;
    private final StreamReply tooMany;

    /** All callers, in the order in which they have come, so that a tick looks at those only whose time is over. */
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    private final Map<Key, Deque<Parked>> parked = new HashMap<>();
    private final Map<Subject, Deque<Queued>> queues = new HashMap<>();
    private int parkedCount;
    private long queuedBytes;

    private Waiters(long waitMillis, StreamReply tooLong, StreamReply tooMany) {
        this.waitMillis = waitMillis;
        this.tooLong = tooLong;
        this.tooMany = tooMany;
    }

    /** Those for whom it is a failure if they wait too long, or too many wait already. */
    static Waiters failing(long waitMillis) {
        return new Waiters(waitMillis, TIMED_OUT, TOO_MANY);
    }

    /** Those who are told {@code otherwise} if they wait too long, or too many wait already. */
    static Waiters content(long waitMillis, StreamReply otherwise) {
        return new Waiters(waitMillis, otherwise, otherwise);
    }

    void park(
            Subject subject, Event event, ReplyTo<? super StreamReply> replyTo, Turn<StreamCommand, StreamReply> turn) {
        if (parkedCount >= MAX_PARKED) {
            turn.replyConfirmed(replyTo, tooMany);
            return;
        }
        Parked caller = new Parked(new Key(subject, event), replyTo, turn.now() + waitMillis);
        parkedCount++;
        waiting.add(caller);
        parked.computeIfAbsent(caller.key, k -> new ArrayDeque<>(1)).add(caller);
    }

    /** Whether a caller waits for that. */
    boolean isAwaited(Subject subject, Event event) {
        return parked.containsKey(new Key(subject, event));
    }

    void answer(Subject subject, Event event, StreamReply reply, Turn<StreamCommand, StreamReply> turn) {
        Deque<Parked> callers = parked.remove(new Key(subject, event));
        if (callers != null) {
            parkedCount -= callers.size();
            for (Parked caller : callers) {
                waiting.remove(caller);
                turn.reply(caller.replyTo, reply);
            }
        }
    }

    void enqueue(
            Subject subject,
            StreamCommand command,
            ReplyTo<? super StreamReply> replyTo,
            Turn<StreamCommand, StreamReply> turn) {
        long weight = weight(command);
        if (queued(subject) >= MAX_QUEUE || queuedBytes + weight > MAX_QUEUED_BYTES) {
            turn.replyConfirmed(replyTo, tooMany);
            return;
        }
        Queued queued = new Queued(subject, command, replyTo, turn.now() + waitMillis);
        queuedBytes += weight;
        waiting.add(queued);
        queues.computeIfAbsent(subject, s -> new ArrayDeque<>(1)).add(queued);
    }

    /** Number of commands that wait for a subject. */
    int queued(Subject subject) {
        Deque<Queued> queue = queues.get(subject);
        return queue == null ? 0 : queue.size();
    }

    /** Takes the command that has waited longest for a subject; there must be one. */
    Queued take(Subject subject) {
        Queued first = queues.getOrDefault(subject, new ArrayDeque<>(1)).getFirst();
        drop(first);
        return first;
    }

    /** Sends away those who have waited too long. */
    void tick(Turn<StreamCommand, StreamReply> turn) {
        while (!waiting.isEmpty()) {
            Waiting oldest = waiting.iterator().next();
            if (oldest.untilMillis > turn.now()) {
                return;
            }
            drop(oldest);
            turn.replyConfirmed(oldest.replyTo, tooLong);
        }
    }

    /** Forgets the caller that has waited longest for what it waits for. */
    private void drop(Waiting oldest) {
        waiting.remove(oldest);
        if (oldest instanceof Parked caller) {
            parkedCount--;
            dropFirst(parked, caller.key);
        } else if (oldest instanceof Queued queued) {
            queuedBytes -= weight(queued.command);
            dropFirst(queues, queued.subject);
        }
    }

    private static <K, W> void dropFirst(Map<K, Deque<W>> all, K key) {
        all.computeIfPresent(key, (k, callers) -> {
            callers.removeFirst();
            return callers.isEmpty() ? null : callers;
        });
    }

    void lost(String reason) {
        waiting.forEach(caller -> caller.replyTo.lost(reason));
        waiting.clear();
        parked.clear();
        queues.clear();
    }

    /** Rough heap size of a command. */
    private static long weight(StreamCommand command) {
        long bytes = 1_024;
        if (command instanceof StreamCommand.TruncateStream c) {
            bytes += 96L * c.cut().offsets().size();
        } else if (command instanceof StreamCommand.UpdateStream c) {
            bytes += 512L * c.configuration().tags().size();
        } else if (command instanceof StreamCommand.Scale c) {
            bytes += 96L * (c.ranges().size() + c.sealedSegments().size());
        } else if (command instanceof StreamCommand.CreateReaderGroup c) {
            bytes += weight(c.configuration());
        } else if (command instanceof StreamCommand.UpdateReaderGroup c) {
            bytes += weight(c.configuration());
        }
        return bytes;
    }

    private static long weight(ReaderGroupConfiguration configuration) {
        long entries = 0;
        for (StreamCut cut : configuration.startCuts().values()) {
            entries += 8 + cut.offsets().size();
        }
        for (StreamCut cut : configuration.endCuts().values()) {
            entries += 8 + cut.offsets().size();
        }
        return 96 * entries;
    }
}
