/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands for partitions of one kind to the nodes that have them, and the replies back. At most once, with a deadline:
 * a command whose reply does not come counts as lost, and whoever sent it knows whether to repeat it.
 *
 * <p>Each node listens on one address, of its own name. Which node has a partition is asked of the cluster's view with each
 * command, so no address moves when a partition does; a node that does not have it says so at once.
 *
 * <pre>
 * command  version 1 · partition, 4 bytes · the command, see CommandFormat
 * reply    0 · the reply   or   1 · why it is lost, in UTF-8
 * </pre>
 */
public final class CommandBus<C, R> implements Partitions.Elsewhere<C, R> {
    private static final Logger LOG = LoggerFactory.getLogger(CommandBus.class);

    private static final byte VERSION = 1;
    private static final byte REPLY = 0;
    private static final byte LOST = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    /** Longer than a command should take that waits for a partition to recover. */
    private static final DeliveryOptions OPTIONS = new DeliveryOptions().setSendTimeout(20_000);

    /** Bytes of commands on their way; beyond it they are lost at once. */
    private static final long MOST_BYTES = 32L << 20;

    private final EventBus bus;
    private final String kind;
    private final CommandFormat<C> commands;
    private final CommandFormat<R> replies;
    private final Function<Integer, @Nullable String> nodeOf;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * A bus for one kind.
     *
     * @param kind part of the addresses
     * @param commands the sealed interface of commands
     * @param replies the sealed interface of replies
     * @param nodeOf id of the node that has a partition; null if none does at present. Asked on any thread
     */
    public CommandBus(
            Vertx vertx, String kind, Class<C> commands, Class<R> replies, Function<Integer, @Nullable String> nodeOf) {
        this.bus = vertx.eventBus();
        this.kind = kind;
        this.commands = new CommandFormat<>(commands);
        this.replies = new CommandFormat<>(replies);
        this.nodeOf = nodeOf;
    }

    private String address(String node) {
        return "headrace." + kind + "." + node;
    }

    @Override
    public void submit(int partition, C command, ReplyTo<? super R> replyTo) {
        String node = nodeOf.apply(partition);
        if (node == null) {
            replyTo.lost("no node has " + kind + "-" + partition + " at present");
            return;
        }
        byte[] body = commands.write(command);
        if (bytes.addAndGet(body.length) > MOST_BYTES) {
            bytes.addAndGet(-body.length);
            replyTo.lost("too much is on its way to other nodes already");
            return;
        }
        Buffer message = Buffer.buffer(HEADER_BYTES + body.length)
                .appendByte(VERSION)
                .appendInt(partition)
                .appendBytes(body);
        bus.<Buffer>request(address(node), message, OPTIONS).onComplete(answer -> {
            bytes.addAndGet(-body.length);
            if (answer.failed()) {
                replyTo.lost("node " + node + ": " + answer.cause().getMessage());
            } else {
                answered(node, answer.result().body(), replyTo);
            }
        });
    }

    private void answered(String node, Buffer answer, ReplyTo<? super R> replyTo) {
        if (answer.getByte(0) == LOST) {
            replyTo.lost("node " + node + ": " + answer.getString(1, answer.length()));
            return;
        }
        R reply;
        try {
            reply = replies.read(answer.getBytes(), 1, answer.length() - 1);
        } catch (IllegalArgumentException e) {
            LOG.error("node {} has sent a reply of which nothing is known here", node, e);
            replyTo.lost("node " + node + " has sent a reply of which nothing is known here");
            return;
        }
        replyTo.reply(reply);
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
            answer.lost("it does not have " + kind + "-" + partition);
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
    }
}
