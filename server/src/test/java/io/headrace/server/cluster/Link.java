/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The way from one process to a port of another: takes connections at an address of its own and passes on what comes, late or
 * not at all. What is held back while a direction is cut arrives when it is open again, like packets that are sent until they
 * arrive; so does the end of a connection. Connections made meanwhile wait. On the network's event loop, but for what never
 * changes.
 */
final class Link {
    private static final String TARGET = "127.0.0.1";
    private static final int MOST_HELD_BYTES = 256 << 10;
    private static final int RETRY_MILLIS = 50;
    private static final int RETRIES = 40;

    final Party from;
    final Party to;
    final Line line;

    private final Vertx vertx;
    private final NetClient client;
    private final int port;
    private final Valve there = new Valve();
    private final Valve back = new Valve();
    private final List<NetSocket> waiting = new ArrayList<>();

    /** What a connection is for. */
    enum Line {
        ZOOKEEPER,
        BOOKIE,
        HAZELCAST,
        BUS,
        /** Among servers of ZooKeeper. */
        QUORUM
    }

    Link(Vertx vertx, NetClient client, Party from, Party to, Line line, int port) {
        this.vertx = vertx;
        this.client = client;
        this.from = from;
        this.to = to;
        this.line = line;
        this.port = port;
    }

    /** The address at which {@code from} finds {@code to}. */
    static String address(Party from, Party to) {
        return "127." + (10 + from.index()) + "." + (10 + to.index()) + ".1";
    }

    /** Begins to take connections. */
    Future<?> listen() {
        return vertx.createNetServer().connectHandler(this::connected).listen(port, address(from, to));
    }

    /** Whether either of the two is this one. */
    boolean touches(Party party) {
        return from.equals(party) || to.equals(party);
    }

    /**
     * Changes what becomes of the bytes that one of the two sends.
     *
     * @param sender one of the two
     * @param shut whether they are held back
     * @param delayMillis how much later they arrive
     */
    void set(Party sender, boolean shut, long delayMillis) {
        (sender.equals(from) ? there : back).set(shut, delayMillis);
        if (!there.shut && !back.shut) {
            List<NetSocket> ready = List.copyOf(waiting);
            waiting.clear();
            ready.forEach(socket -> connect(socket, retries()));
        }
    }

    private void connected(NetSocket socket) {
        socket.pause();
        socket.exceptionHandler(cause -> {});
        if (there.shut || back.shut) {
            waiting.add(socket);
        } else {
            connect(socket, retries());
        }
    }

    /** Who follows a leader of ZooKeeper comes again if it is refused, but not if it has been let in and nothing is there. */
    private int retries() {
        return line == Line.QUORUM ? RETRIES : 0;
    }

    private void connect(NetSocket near, int retries) {
        client.connect(port, TARGET)
                .onComplete(
                        far -> {
                            far.pause();
                            far.exceptionHandler(cause -> {});
                            new Pipe(there, near, far).begin();
                            new Pipe(back, far, near).begin();
                        },
                        cause -> {
                            if (retries > 0) {
                                vertx.setTimer(RETRY_MILLIS, id -> connect(near, retries - 1));
                            } else {
                                near.close();
                            }
                        });
    }

    /** One direction of all connections. */
    private static final class Valve {
        final Set<Pipe> pipes = new LinkedHashSet<>();
        boolean shut;
        long delayNanos;

        void set(boolean nowShut, long delayMillis) {
            shut = nowShut;
            delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
            List.copyOf(pipes).forEach(Pipe::move);
        }
    }

    private record Piece(Buffer bytes, long dueNanos) {}

    /** One direction of one connection. */
    private final class Pipe {
        private final Valve valve;
        private final NetSocket source;
        private final NetSocket sink;
        private final ArrayDeque<Piece> held = new ArrayDeque<>();
        private int heldBytes;
        private boolean ended;
        private boolean timed;

        Pipe(Valve valve, NetSocket source, NetSocket sink) {
            this.valve = valve;
            this.source = source;
            this.sink = sink;
        }

        void begin() {
            valve.pipes.add(this);
            source.handler(bytes -> {
                held.add(new Piece(bytes, System.nanoTime() + valve.delayNanos));
                heldBytes += bytes.length();
                move();
            });
            source.endHandler(nothing -> {
                ended = true;
                move();
            });
            sink.drainHandler(nothing -> move());
            move();
        }

        /** Passes on what may pass. */
        void move() {
            while (!valve.shut && !held.isEmpty() && held.element().dueNanos() <= System.nanoTime()) {
                Buffer bytes = held.remove().bytes();
                heldBytes -= bytes.length();
                sink.write(bytes);
            }
            if (valve.shut) {
                source.pause();
            } else if (held.isEmpty() && ended) {
                valve.pipes.remove(this);
                sink.close();
            } else {
                moveLater();
                if (heldBytes > MOST_HELD_BYTES || sink.writeQueueFull()) {
                    source.pause();
                } else if (!ended) {
                    source.resume();
                }
            }
        }

        private void moveLater() {
            if (!timed && !held.isEmpty()) {
                timed = true;
                long nanos = held.element().dueNanos() - System.nanoTime();
                vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1), id -> {
                    timed = false;
                    move();
                });
            }
        }
    }
}
