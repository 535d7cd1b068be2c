/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.control.ControlOptions;
import io.headrace.verticles.control.ControlOptions.Endpoint;
import io.headrace.verticles.control.ControlVerticle;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.wire.WireNode;
import io.headrace.verticles.wire.WireVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.BindException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Opens the ports of a server, each remembered to be closed at its end. */
final class Faces {
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final Settings settings;
    private final Exposure exposure;
    private final Vertx vertx;
    private final Started started;

    Faces(Settings settings, Exposure exposure, Vertx vertx, Started started) {
        this.settings = settings;
        this.exposure = exposure;
        this.vertx = vertx;
        this.started = started;
    }

    /**
     * Opens the port of the segment store.
     *
     * @param instances event loops that share its connections
     * @return the port
     */
    int store(WireNode node, int instances) throws InterruptedException {
        Queue<WireVerticle> verticles = new ConcurrentLinkedQueue<>();
        Supplier<WireVerticle> next = () -> {
            WireVerticle verticle = new WireVerticle(node);
            verticles.add(verticle);
            return verticle;
        };
        deploy(Settings.STORE_PORT, vertx.deployVerticle(next, new DeploymentOptions().setInstances(instances)));
        return verticles.element().port();
    }

    /** Opens the port of the controller, which sends clients to a store on {@code storePort}; returns the port. */
    int controller(int storePort, Partitions<StreamCommand, StreamReply> streams) throws InterruptedException {
        int port = settings.get(Settings.CONTROLLER_PORT);
        ControlVerticle control = new ControlVerticle(
                new ControlOptions(
                        exposure.bind(),
                        port,
                        new Endpoint(exposure.advertised(), port),
                        new Endpoint(exposure.advertised(), storePort)),
                streams);
        deploy(Settings.CONTROLLER_PORT, vertx.deployVerticle(control));
        return control.port();
    }

    /** Opens the port of {@code /health}; returns the port. */
    int http(Supplier<HealthServer.Report> report) throws InterruptedException {
        HttpServer server = listening(
                Settings.HTTP_PORT,
                HealthServer.listen(vertx, exposure.bind(), settings.get(Settings.HTTP_PORT), report));
        started.add("the HTTP port", server, s -> Await.result("closing it", s.close(), CLOSE_LIMIT));
        return server.actualPort();
    }

    private void deploy(Setting<Integer> setting, Future<String> deployment) throws InterruptedException {
        String id = listening(setting, deployment);
        started.add(setting.name(), id, i -> Await.result("closing it", vertx.undeploy(i), CLOSE_LIMIT));
    }

    private <T> T listening(Setting<Integer> setting, Future<T> future) throws InterruptedException {
        int port = settings.get(setting);
        try {
            return Await.result("opening port " + port, future, OPEN_LIMIT);
        } catch (StartException e) {
            if (e.getCause() instanceof BindException cause) {
                throw new StartException(
                        "cannot listen on port " + port + " of " + exposure.bind() + " (" + cause.getMessage()
                                + "): stop the program that has it, or choose another port with --" + setting.name(),
                        cause);
            }
            throw e;
        }
    }
}
