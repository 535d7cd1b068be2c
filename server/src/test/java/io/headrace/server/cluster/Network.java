/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import io.headrace.server.cluster.Link.Line;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the processes of a cluster reach each other by. All listen on 127.0.0.1, each at ports of its own; a process finds each
 * other one at an address that is theirs alone, where a {@link Link} takes its connections. It knows others by names, which a
 * file of its own maps to these addresses.
 */
final class Network implements AutoCloseable {
    private static final long SECONDS = 20;

    private final boolean direct;
    private final Vertx vertx;
    private final NetClient client;
    private final List<Link> links = new CopyOnWriteArrayList<>();

    private Network(boolean direct) {
        this.direct = direct;
        vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
        client = vertx.createNetClient();
    }

    /** A network in which faults can be made. */
    static Network ofLinks() {
        return new Network(false);
    }

    /** A network without anything between the processes. */
    static Network direct() {
        return new Network(true);
    }

    /** Where {@code from} finds {@code to}. */
    String address(Party from, Party to) {
        return direct || from.equals(to) ? "127.0.0.1" : Link.address(from, to);
    }

    /** Opens the way from one process to a port of another. */
    void open(Party from, Party to, Line line, int port) throws Exception {
        if (!direct && !from.equals(to)) {
            Link link = new Link(vertx, client, from, to, line, port);
            link.listen().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            links.add(link);
        }
    }

    /** Writes the file that tells a process where the others are. */
    Path hosts(Party of, Path directory) throws IOException {
        String lines = Party.all()
                .map(other -> address(of, other) + " " + other.host() + "\n")
                .collect(Collectors.joining("", "127.0.0.1 localhost\n", ""));
        return Files.writeString(directory.resolve("hosts-of-" + of), lines);
    }

    /** Nothing passes any more, in either direction. */
    void cut(Predicate<Link> which) {
        each(which, link -> {
            link.set(link.from, true, 0);
            link.set(link.to, true, 0);
        });
    }

    /** Nothing passes any more that this process sends. */
    void mute(Party sender, Predicate<Link> which) {
        each(link -> link.touches(sender) && which.test(link), link -> link.set(sender, true, 0));
    }

    /** Nothing passes any more that this process is sent. */
    void deafen(Party party, Predicate<Link> which) {
        each(
                link -> link.touches(party) && which.test(link),
                link -> link.set(link.from.equals(party) ? link.to : link.from, true, 0));
    }

    /** Everything arrives later, in both directions. */
    void slow(Predicate<Link> which, long millis) {
        each(which, link -> {
            link.set(link.from, false, millis);
            link.set(link.to, false, millis);
        });
    }

    /** Ends all faults. */
    void heal() {
        slow(link -> true, 0);
    }

    private void each(Predicate<Link> which, Consumer<Link> action) {
        vertx.runOnContext(nothing -> links.stream().filter(which).forEach(action));
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
