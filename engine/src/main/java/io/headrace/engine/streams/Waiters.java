/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

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
        DELETED
    }

    private record Key(Subject subject, Event event) {}

    private record Parked(ReplyTo<? super StreamReply> replyTo, long untilMillis) {}

    /** A command that is to be executed later. */
    record Queued(StreamCommand command, ReplyTo<? super StreamReply> replyTo, long untilMillis) {}

    private final long waitMillis;
    private final Map<Key, List<Parked>> parked = new HashMap<>();
    private final Map<Subject, Deque<Queued>> queues = new HashMap<>();
    private int parkedCount;
    private long queuedBytes;

    Waiters(long waitMillis) {
        this.waitMillis = waitMillis;
    }

    void park(
            Subject subject, Event event, ReplyTo<? super StreamReply> replyTo, Turn<StreamCommand, StreamReply> turn) {
        if (parkedCount >= MAX_PARKED) {
            turn.reply(replyTo, TOO_MANY);
            return;
        }
        parkedCount++;
        parked.computeIfAbsent(new Key(subject, event), k -> new ArrayList<>())
                .add(new Parked(replyTo, turn.now() + waitMillis));
    }

    /** Whether a caller waits for that. */
    boolean isAwaited(Subject subject, Event event) {
        return parked.containsKey(new Key(subject, event));
    }

    void answer(Subject subject, Event event, StreamReply reply, Turn<StreamCommand, StreamReply> turn) {
        List<Parked> callers = parked.remove(new Key(subject, event));
        if (callers != null) {
            parkedCount -= callers.size();
            callers.forEach(caller -> turn.reply(caller.replyTo(), reply));
        }
    }

    void enqueue(
            Subject subject,
            StreamCommand command,
            ReplyTo<? super StreamReply> replyTo,
            Turn<StreamCommand, StreamReply> turn) {
        Deque<Queued> queue = queues.computeIfAbsent(subject, s -> new ArrayDeque<>());
        long weight = weight(command);
        if (queue.size() >= MAX_QUEUE || queuedBytes + weight > MAX_QUEUED_BYTES) {
            turn.reply(replyTo, TOO_MANY);
        } else {
            queuedBytes += weight;
            queue.add(new Queued(command, replyTo, turn.now() + waitMillis));
        }
        if (queue.isEmpty()) {
            queues.remove(subject);
        }
    }

    /** Takes all commands that wait for a subject. */
    Deque<Queued> takeQueue(Subject subject) {
        Deque<Queued> queue = queues.remove(subject);
        if (queue == null) {
            return new ArrayDeque<>();
        }
        queue.forEach(queued -> queuedBytes -= weight(queued.command()));
        return queue;
    }

    /** Puts back what {@link #takeQueue} gave and was not executed; it stands before what came since. */
    void putBack(Subject subject, Deque<Queued> rest) {
        if (rest.isEmpty()) {
            return;
        }
        rest.forEach(queued -> queuedBytes += weight(queued.command()));
        Deque<Queued> since = queues.put(subject, rest);
        if (since != null) {
            rest.addAll(since);
        }
    }

    /** Sends away those who have waited too long. */
    void tick(Turn<StreamCommand, StreamReply> turn) {
        long now = turn.now();
        for (Iterator<List<Parked>> lists = parked.values().iterator(); lists.hasNext(); ) {
            List<Parked> callers = lists.next();
            for (Iterator<Parked> i = callers.iterator(); i.hasNext(); ) {
                Parked caller = i.next();
                if (caller.untilMillis() <= now) {
                    i.remove();
                    parkedCount--;
                    turn.reply(caller.replyTo(), TIMED_OUT);
                }
            }
            if (callers.isEmpty()) {
                lists.remove();
            }
        }
        for (Iterator<Deque<Queued>> all = queues.values().iterator(); all.hasNext(); ) {
            Deque<Queued> queue = all.next();
            while (!queue.isEmpty() && queue.peek().untilMillis() <= now) {
                Queued queued = queue.remove();
                queuedBytes -= weight(queued.command());
                turn.reply(queued.replyTo(), TIMED_OUT);
            }
            if (queue.isEmpty()) {
                all.remove();
            }
        }
    }

    void lost(String reason) {
        parked.values().forEach(callers -> callers.forEach(c -> c.replyTo().lost(reason)));
        queues.values().forEach(queue -> queue.forEach(q -> q.replyTo().lost(reason)));
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
