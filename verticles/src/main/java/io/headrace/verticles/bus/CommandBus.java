/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.verticles.cluster.ClusteredVertx;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands for partitions of one kind to the nodes that have them, and the replies back, within a deadline. Whoever
 * sent a command that counts as lost knows whether to repeat it.
 *
 * <p>Each node listens on one address, of its own name. Which node has a partition is asked of the cluster's view with each
 * attempt, so no address moves when a partition does. A command that a node does not execute because the partition is not there
 * (any more), or that finds no owner, waits for the next owner: a hand-over delays it and nothing else. One whose outcome is
 * unknown is sent again only where the kind allows for it, a few times.
 *
 * <pre>
 * command  version 1 · partition, 4 bytes · the command, see CommandFormat
 * reply    0 · the reply   or   1 · why it is lost, in UTF-8   or   2 · why it was not executed, in UTF-8
 * </pre>
 */
public final class CommandBus<C, R> implements Partitions.Elsewhere<C, R> {
    private static final Logger LOG = LoggerFactory.getLogger(CommandBus.class);

    private static final byte VERSION = 1;
    private static final byte REPLY = 0;
    private static final byte LOST = 1;
    private static final byte NOT_EXECUTED = 2;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    /** What a command takes that is on its way, beside its own bytes. */
    private static final int OVERHEAD_BYTES = 512;

    /** Bytes of commands on their way; beyond it they are lost at once. */
    private static final long MOST_BYTES = 32L << 20;

    private static final long WATCH_MILLIS = 250;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 320;

    /**
     * How long commands are tried.
     *
     * @param deadlineMillis after which they are lost
     * @param attemptMillis for one answer, if the command may be sent again whatever became of it
     * @param repeats how often it may; 0 if a command whose outcome is unknown must not be
     */
    public record Patience(long deadlineMillis, long attemptMillis, int repeats) {
        /** For commands that whoever sends them repeats by itself; longer than it takes a partition to recover. */
        public static final Patience ONCE = new Patience(20_000, 20_000, 0);

        /** For commands that join what an earlier one like them has begun. */
        public static final Patience REPEATING = new Patience(20_000, 5_000, 3);
    }

    private final Vertx vertx;
    private final EventBus bus;
    private final String kind;
    private final CommandFormat<C> commands;
    private final CommandFormat<R> replies;
    private final Function<Integer, @Nullable String> nodeOf;
    private final Patience patience;
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder sent = new LongAdder();
    private final LongAdder delayed = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /**
     * A bus for one kind.
     *
     * @param kind part of the addresses
     * @param commands the sealed interface of commands
     * @param replies the sealed interface of replies
     * @param nodeOf id of the node that has a partition; null if none does at present. Asked on any thread
     */
    public CommandBus(
            Vertx vertx,
            String kind,
            Class<C> commands,
            Class<R> replies,
            Function<Integer, @Nullable String> nodeOf,
            Patience patience) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.kind = kind;
        this.commands = new CommandFormat<>(commands);
        this.replies = new CommandFormat<>(replies);
        this.nodeOf = nodeOf;
        this.patience = patience;
    }

    private String address(String node) {
        return ClusteredVertx.address(kind, node);
    }

    /** The kind of its partitions, as it stands in their names. */
    public String kind() {
        return kind;
    }

    /** Messages to other nodes, or to this one for a partition that has just come. */
    public long sent() {
        return sent.sum();
    }

    /** How often a command had to wait for a partition that was on its way, or for another attempt. */
    public long delayed() {
        return delayed.sum();
    }

    /** Commands that were given up. */
    public long lost() {
        return lost.sum();
    }

    /** Bytes of commands that are on their way, with what they take beside. */
    public long bytesUnderWay() {
        return bytes.get();
    }

    @Override
    public void submit(int partition, C command, ReplyTo<? super R> replyTo) {
        new Sending(partition, command, replyTo).begin();
    }

    @Override
    public ReplyTo<? super R> following(int partition, C command, ReplyTo<? super R> replyTo) {
        return new ReplyTo<R>() {
            @Override
            public void reply(R reply) {
                replyTo.reply(reply);
            }

            @Override
            public void lost(String reason) {
                if (patience.repeats == 0) {
                    replyTo.lost(reason);
                } else {
                    submit(partition, command, replyTo);
                }
            }

            @Override
            public void notExecuted(String reason) {
                submit(partition, command, replyTo);
            }
        };
    }

    /** One command on its way. Its steps follow each other, on any thread. */
    private final class Sending {
        private final int partition;
        private final ReplyTo<? super R> replyTo;
        private final byte[] body;
        private final long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience.deadlineMillis);
        private long pause = FIRST_PAUSE_MILLIS;
        private int repeatsLeft = patience.repeats;

        Sending(int partition, C command, ReplyTo<? super R> replyTo) {
            this.partition = partition;
            this.replyTo = replyTo;
            this.body = commands.write(command);
        }

        void begin() {
            if (bytes.addAndGet(body.length + OVERHEAD_BYTES) > MOST_BYTES) {
                lost("too much is on its way to other nodes already");
            } else {
                attempt();
            }
        }

        private void attempt() {
            String node = nodeOf.apply(partition);
            if (node == null) {
                later("no node has " + kind + "-" + partition + " at present");
                return;
            }
            Buffer message = Buffer.buffer(HEADER_BYTES + body.length)
                    .appendByte(VERSION)
                    .appendInt(partition)
                    .appendBytes(body);
            sent.increment();
            long limit = Math.max(1, Math.min(millisLeft(), patience.attemptMillis));
            Attempt attempt = new Attempt(node);
            bus.<Buffer>request(address(node), message, new DeliveryOptions().setSendTimeout(limit))
                    .onComplete(answer -> {
                        if (!attempt.end()) {
                            return;
                        }
                        if (answer.succeeded()) {
                            answered(node, answer.result().body());
                        } else {
                            failed("node " + node + ": " + answer.cause().getMessage(), wasNotSent(answer.cause()));
                        }
                    });
        }

        /**
         * A message that is on its way. The event bus does not tell when a message cannot be brought to a node, and the node may end
         * before it answers: the attempt is over, too, when the partition has been elsewhere for a while.
         */
        private final class Attempt {
            private final String node;
            private final AtomicBoolean ended = new AtomicBoolean();
            private final long watch;
            private boolean moved;

            Attempt(String node) {
                this.node = node;
                this.watch = vertx.setPeriodic(WATCH_MILLIS, this::look);
            }

            /** Of the timer's thread, which may come before the constructor has ended. */
            private void look(long timer) {
                if (node.equals(nodeOf.apply(partition))) {
                    moved = false;
                } else if (!moved) {
                    moved = true; // its answer may be under way
                } else if (end(timer)) {
                    failed("node " + node + " has lost " + kind + "-" + partition + " and has not answered", false);
                }
            }

            /** False if it was over already. */
            boolean end() {
                return end(watch);
            }

            private boolean end(long timer) {
                vertx.cancelTimer(timer);
                return ended.compareAndSet(false, true);
            }
        }

        private void answered(String node, Buffer answer) {
            byte type = answer.getByte(0);
            if (type != REPLY) {
                failed("node " + node + ": " + answer.getString(1, answer.length()), type == NOT_EXECUTED);
                return;
            }
            R reply;
            try {
                reply = replies.read(answer.getBytes(), 1, answer.length() - 1);
            } catch (IllegalArgumentException e) {
                LOG.error("node {} has sent a reply of which nothing is known here", node, e);
                lost("node " + node + " has sent a reply of which nothing is known here");
                return;
            }
            end();
            replyTo.reply(reply);
        }

        private void failed(String reason, boolean wasNotExecuted) {
            if (wasNotExecuted || repeatsLeft-- > 0) {
                later(reason);
            } else {
                lost(reason);
            }
        }

        private void later(String reason) {
            if (millisLeft() <= pause) {
                lost(reason);
                return;
            }
            delayed.increment();
            vertx.setTimer(pause, id -> attempt());
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }

        private long millisLeft() {
            return TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
        }

        private void lost(String reason) {
            lost.increment();
            end();
            replyTo.lost(reason);
        }

        private void end() {
            bytes.addAndGet(-(body.length + OVERHEAD_BYTES));
        }
    }

    private static boolean wasNotSent(Throwable cause) {
        return cause instanceof ReplyException refused && refused.failureType() == ReplyFailure.NO_HANDLERS;
    }

    /** Takes commands that other nodes send to this one, until unregistered. */
    public MessageConsumer<Buffer> listen(String me, Partitions<C, R> here) {
        return bus.consumer(address(me), message -> received(message, here));
    }

    private void received(Message<Buffer> message, Partitions<C, R> here) {
        Answer<R> answer = new Answer<>(message, replies);
        Buffer body = message.body();
        if (body.length() < HEADER_BYTES || body.getByte(0) != VERSION) {
            answer.lost("it does not know commands of that version");
            return;
        }
        int partition = body.getInt(1);
        HostedPartition<C, R> owner = partition < 0 || partition >= here.count() ? null : here.at(partition);
        if (owner == null) {
            answer.notExecuted("it does not have " + kind + "-" + partition);
            return;
        }
        C command;
        try {
            command = commands.read(body.getBytes(), HEADER_BYTES, body.length() - HEADER_BYTES);
        } catch (IllegalArgumentException e) {
            LOG.error("another node has sent a command that is not known here", e);
            answer.lost("it does not know that command");
            return;
        }
        owner.submit(command, answer);
    }

    private record Answer<R>(Message<Buffer> message, CommandFormat<R> replies) implements ReplyTo<R> {
        @Override
        public void reply(R reply) {
            byte[] bytes = replies.write(reply);
            message.reply(Buffer.buffer(1 + bytes.length).appendByte(REPLY).appendBytes(bytes));
        }

        @Override
        public void lost(String reason) {
            message.reply(Buffer.buffer().appendByte(LOST).appendString(reason));
        }

        @Override
        public void notExecuted(String reason) {
            message.reply(Buffer.buffer().appendByte(NOT_EXECUTED).appendString(reason));
        }
    }
}
