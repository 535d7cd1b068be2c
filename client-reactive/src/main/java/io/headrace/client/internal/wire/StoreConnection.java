/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.headrace.client.HeadraceException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.loop.Loop;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.Request;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireEncoder;
import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a segment store, shared by many exchanges. Everything is sent at once and answered in whatever order; the
 * request id tells whom an answer is for. A connection that is silent is probed, and given up if that is not answered: so
 * an exchange that may have to wait long, as a read at the end of a segment, needs no deadline of its own.
 *
 * <p>On its loop only. What is received is heap memory that nobody has to release; what is sent belongs to the socket, which
 * releases it whatever happens: so none can leak.
 */
public final class StoreConnection {
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(2);
    private static final int MAX_SILENT_INTERVALS = 3;

    /** What may be written beyond what the system takes, before appends wait. */
    private static final int MAX_UNSENT_BYTES = 512 << 10;

    /** Who waits for answers. */
    public interface Exchange {
        /** An answer; what it holds stays valid. */
        void onReply(Reply reply);

        /** No more answers will come. Called once, unless the exchange was ended before. */
        void onLost(HeadraceException cause);
    }

    private final Loop loop;
    private final NetSocket socket;
    private final HostAndPort node;
    private final Runnable whenClosed;
    private final FrameReader frames = new FrameReader(this::onCommand);
    private final List<Runnable> whenWritable = new ArrayList<>();
    private final Map<Long, Exchange> exchanges = new LinkedHashMap<>();
    private Loop.Timer probe;
    private long lastRequestId;
    private int silentIntervals;
    private boolean flushScheduled;
    private boolean closed;

    /** To be called on the socket's loop, as soon as it is connected. */
    StoreConnection(Loop loop, NetSocket socket, HostAndPort node, Runnable whenClosed) {
        this.loop = loop;
        this.socket = socket;
        this.node = node;
        this.whenClosed = whenClosed;
        socket.setWriteQueueMaxSize(MAX_UNSENT_BYTES);
        Sockets.onWritable(socket, this::onWritable);
        socket.handler(this::onBytes);
        socket.exceptionHandler(cause -> abort("failed: " + cause));
        socket.closeHandler(nothing -> onClosed("was closed by the other side"));
        probe = loop.after(PROBE_INTERVAL, this::probe);
        send(WireCommand.Hello.CURRENT);
    }

    /** Begins an exchange; returns the request id by which it gets its answers. */
    public long begin(Exchange exchange) {
        loop.check();
        long id = ++lastRequestId;
        if (closed) {
            // In a turn of its own: the caller is not ready yet.
            loop.execute(() -> exchange.onLost(lost("is closed")));
        } else {
            exchanges.put(id, exchange);
        }
        return id;
    }

    /** Ends an exchange: it is told nothing any more. */
    public void end(long requestId) {
        exchanges.remove(requestId);
    }

    public void send(WireCommand command) {
        send(WireEncoder.encode(command, allocator()));
    }

    /** Memory for {@link #send(ByteBuf)}. */
    public ByteBufAllocator allocator() {
        return Sockets.allocator(socket);
    }

    /** Sends whole frames, together with all else that is sent in this turn. They belong to the socket from now on. */
    public void send(ByteBuf frames) {
        loop.check();
        if (closed) {
            frames.release();
            return;
        }
        Sockets.write(socket, frames);
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        Sockets.flush(socket);
    }

    /** Whether the socket takes more. What is not urgent waits, so that no more than this is held for a slow node. */
    public boolean isWritable() {
        return closed || Sockets.isWritable(socket);
    }

    /** Runs {@code task} once, when the socket takes more; not if the connection is lost. */
    public void whenWritable(Runnable task) {
        whenWritable.add(task);
    }

    private void onWritable() {
        // In a turn of its own: this one is in the middle of writing.
        loop.execute(() -> {
            List<Runnable> tasks = List.copyOf(whenWritable);
            whenWritable.clear();
            tasks.forEach(Runnable::run);
        });
    }

    /** Asks; the reply may be a refusal. Fails if there is none before the deadline. */
    public Future<Reply> request(LongFunction<? extends Request> request, Duration deadline) {
        Promise<Reply> promise = Promise.promise();
        Asked asked = new Asked(promise);
        asked.id = begin(asked);
        Request made = request.apply(asked.id);
        asked.timer = loop.after(deadline, () -> {
            end(asked.id);
            promise.tryFail(new UnavailableException("the store " + node + " did not answer "
                    + made.getClass().getSimpleName() + " within " + deadline));
        });
        send(made);
        return promise.future();
    }

    /** Closes it at once; every exchange is told. */
    public void abort(String reason) {
        onClosed(reason);
        Sockets.abort(socket);
    }

    public boolean isClosed() {
        return closed;
    }

    private void onBytes(Buffer bytes) {
        silentIntervals = 0;
        try {
            frames.read(Sockets.bytes(bytes));
        } catch (WireFormatException e) {
            abort("sent what is no answer: " + e.getMessage());
        }
    }

    private void onCommand(WireCommand command) {
        if (command instanceof WireCommand.Hello hello) {
            if (!hello.isCompatible()) {
                abort("speaks another version: " + hello);
            }
        } else if (command instanceof Reply reply) {
            Exchange exchange = exchanges.get(reply.requestId());
            if (exchange != null) {
                exchange.onReply(reply);
            }
        }
    }

    private void probe() {
        if (closed) {
            return;
        }
        if (++silentIntervals > MAX_SILENT_INTERVALS) {
            abort("is silent");
            return;
        }
        send(WireCommand.KeepAlive.INSTANCE);
        probe = loop.after(PROBE_INTERVAL, this::probe);
    }

    private void onClosed(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        probe.cancel();
        whenClosed.run();
        List<Exchange> all = List.copyOf(exchanges.values());
        exchanges.clear();
        whenWritable.clear();
        all.forEach(exchange -> exchange.onLost(lost(reason)));
    }

    private UnavailableException lost(String reason) {
        return new UnavailableException("the connection to the store " + node + " " + reason);
    }

    private final class Asked implements Exchange {
        private final Promise<Reply> promise;
        private long id;
        private Loop.@Nullable Timer timer;

        Asked(Promise<Reply> promise) {
            this.promise = promise;
        }

        @Override
        public void onReply(Reply reply) {
            done();
            promise.tryComplete(reply);
        }

        @Override
        public void onLost(HeadraceException cause) {
            done();
            promise.tryFail(cause);
        }

        private void done() {
            end(id);
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
