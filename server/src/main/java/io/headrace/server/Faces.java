/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.client.ClientOptions;
import io.headrace.client.HeadraceClient;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.server.metrics.Metrics;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.control.ControlOptions;
import io.headrace.verticles.control.ControlVerticle;
import io.headrace.verticles.control.Directory;
import io.headrace.verticles.gateway.AdminApi;
import io.headrace.verticles.gateway.data.DataApi;
import io.headrace.verticles.gateway.data.DataOptions;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.wire.Credits;
import io.headrace.verticles.wire.WireNode;
import io.headrace.verticles.wire.WireOptions;
import io.headrace.verticles.wire.WireVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Opens the ports of a server, each remembered to be closed at its end. */
final class Faces {
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    /** Bytes that all connections together may have handed over and not had answered. */
    private static final long CREDIT_BYTES = 128L << 20;

    private final Settings settings;
    private final Exposure exposure;
    private final Started started;

    Faces(Settings settings, Exposure exposure, Started started) {
        this.settings = settings;
        this.exposure = exposure;
        this.started = started;
    }

    /** The ports of every server. */
    static final List<Setting<Integer>> PORTS =
            List.of(Settings.CONTROLLER_PORT, Settings.STORE_PORT, Settings.HTTP_PORT);

    /** Fails if a port is in use: to be asked before anything slow is started. */
    void checkFree(List<Setting<Integer>> ports) throws IOException {
        hold(ports).close();
    }

    /**
     * Keeps the ports free for this server.
     *
     * @throws StartException if one is in use
     */
    HeldPorts hold(List<Setting<Integer>> ports) throws IOException {
        HeldPorts held = new HeldPorts();
        for (Setting<Integer> setting : ports) {
            try {
                held.add(new InetSocketAddress(settings.get(Settings.HOST), settings.get(setting)));
            } catch (IOException e) {
                held.close();
                if (e instanceof BindException inUse) {
                    throw inUse(setting, inUse);
                }
                throw e;
            }
        }
        return held;
    }

    /** What all connections to the segment store share. */
    WireNode node(Partitions<SegmentCommand, SegmentReply> segments) {
        return new WireNode(
                segments,
                new Credits(CREDIT_BYTES),
                WireOptions.DEFAULT
                        .listeningOn(exposure.bind(), settings.get(Settings.STORE_PORT))
                        .accepting(settings.get(Settings.CONNECTIONS))
                        .besideController(settings.get(Settings.CONTROLLER_PORT)));
    }

    /**
     * Opens the port of the segment store.
     *
     * @param instances event loops that share its connections
     * @return the port
     */
    int store(Vertx vertx, WireNode node, int instances) throws InterruptedException {
        Queue<WireVerticle> verticles = new ConcurrentLinkedQueue<>();
        Supplier<WireVerticle> next = () -> {
            WireVerticle verticle = new WireVerticle(node);
            verticles.add(verticle);
            return verticle;
        };
        deploy(vertx, Settings.STORE_PORT, vertx.deployVerticle(next, new DeploymentOptions().setInstances(instances)));
        return verticles.element().port();
    }

    /** Opens the port of the controller; returns what serves it. */
    ControlVerticle controller(Vertx vertx, Partitions<StreamCommand, StreamReply> streams, Directory directory)
            throws InterruptedException {
        ControlVerticle control = new ControlVerticle(
                new ControlOptions(
                        exposure.bind(), settings.get(Settings.CONTROLLER_PORT), settings.get(Settings.CONNECTIONS)),
                streams,
                directory);
        deploy(vertx, Settings.CONTROLLER_PORT, vertx.deployVerticle(control));
        return control;
    }

    /** What is served over HTTP beside {@code /health}. */
    interface Routes {
        void mount(Router router);
    }

    /** Administration, and events, which go to a controller like any client's. */
    Routes gateway(Vertx vertx, URI controller, Partitions<StreamCommand, StreamReply> streams) {
        HeadraceClient client = started.add(
                "client of the HTTP port",
                HeadraceClient.connect(ClientOptions.of(controller).withLoops(1)),
                HeadraceClient::close);
        return router -> {
            DataApi.mount(router, vertx, client, dataOptions());
            AdminApi.mount(router, vertx, streams);
        };
    }

    private DataOptions dataOptions() {
        return DataOptions.DEFAULT
                .withMaxMessageBytes(settings.get(Settings.HTTP_MESSAGE_KIB) << 10)
                .withOrigins(settings.get(Settings.HTTP_ORIGINS));
    }

    /** Opens the port of {@code /health}, {@code /metrics} and {@code more}; returns the port. */
    int http(Vertx vertx, Supplier<HealthServer.Report> report, Metrics metrics, Routes more)
            throws InterruptedException {
        started.add("metrics", metrics, Metrics::close);
        HttpCounters answers = new HttpCounters();
        metrics.add(answers::addTo);
        Promise<HttpServer> listening = Promise.promise();
        vertx.getOrCreateContext().runOnContext(nothing -> {
            Router router = Router.router(vertx);
            router.route().handler(answers::count);
            more.mount(router);
            HealthServer.listen(
                            vertx,
                            HealthServer.options(exposure.bind(), settings.get(Settings.HTTP_PORT), dataOptions()),
                            settings.get(Settings.CONNECTIONS),
                            router,
                            report,
                            metrics::text)
                    .onComplete(listening);
        });
        HttpServer server = listening(Settings.HTTP_PORT, listening.future());
        started.add("HTTP", server, s -> Await.result("closing it", s.close(), CLOSE_LIMIT));
        return server.actualPort();
    }

    private void deploy(Vertx vertx, Setting<Integer> setting, Future<String> deployment) throws InterruptedException {
        String id = listening(setting, deployment);
        started.add(setting.name(), id, i -> Await.result("closing it", vertx.undeploy(i), CLOSE_LIMIT));
    }

    private <T> T listening(Setting<Integer> setting, Future<T> future) throws InterruptedException {
        try {
            return Await.result("opening port " + settings.get(setting), future, OPEN_LIMIT);
        } catch (StartException e) {
            if (e.getCause() instanceof BindException cause) {
                throw inUse(setting, cause);
            }
            throw e;
        }
    }

    private StartException inUse(Setting<Integer> setting, BindException cause) {
        return new StartException(
                "cannot listen on port " + settings.get(setting) + " of " + exposure.bind() + " (" + cause.getMessage()
                        + "): stop the program that has it, or choose another port with --" + setting.name(),
                cause);
    }
}
