/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import com.google.protobuf.Message;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls of the controller service, from one loop. A call that nobody answered, or that the controller could not answer
 * now, is repeated, at the next controller, until the deadline.
 */
public final class Controller {
    private static final ServiceName SERVICE =
            ServiceName.create("io.pravega.controller.stream.api.grpc.v1", "ControllerService");

    /** For one controller of several to answer; the next one joins what it has begun. */
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private final Loop loop;
    private final GrpcClient client;
    private final List<SocketAddress> controllers;
    private final Duration deadline;
    private int current;

    public Controller(Loop loop, GrpcClient client, List<SocketAddress> controllers, Duration deadline) {
        this.loop = loop;
        this.client = client;
        this.controllers = controllers;
        this.deadline = deadline;
    }

    /**
     * Calls a method.
     *
     * @param method as the service calls it
     * @param emptyAnswer tells of which type the answer is
     */
    public <Q extends Message, A extends Message> Future<A> call(String method, Q question, A emptyAnswer) {
        loop.check();
        return new Call<>(method, question, emptyAnswer).begin();
    }

    private final class Call<Q extends Message, A extends Message> {
        private final String method;
        private final Q question;
        private final ServiceMethod<A, Q> rpc;
        private final long endNanos = System.nanoTime() + deadline.toNanos();
        private final Backoff backoff = new Backoff();
        private final Promise<A> answer = Promise.promise();

        Call(String method, Q question, A emptyAnswer) {
            this.method = method;
            this.question = question;
            this.rpc = ServiceMethod.client(
                    SERVICE, method, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(emptyAnswer));
        }

        Future<A> begin() {
            Loop.Timer ending = loop.whenEnding(() -> answer.tryFail(Loop.closed()));
            attempt();
            return answer.future().onComplete(ended -> ending.cancel());
        }

        private void attempt() {
            int asked = current;
            long patience = Math.max(1, patience());
            Promise<A> attempt = Promise.promise();
            // Also while it connects, which a deadline of gRPC does not cover.
            Loop.Timer timer = loop.after(
                    Duration.ofNanos(patience),
                    () -> attempt.tryFail("no answer within " + patience / 1_000_000 + " ms"));
            client.request(controllers.get(asked), rpc)
                    .compose(request -> {
                        request.timeout(patience, TimeUnit.NANOSECONDS);
                        return request.send(question);
                    })
                    .compose(response -> response.last())
                    .onComplete(attempt::tryComplete, attempt::tryFail);
            attempt.future()
                    .onComplete(ended -> timer.cancel())
                    .onComplete(answer::tryComplete, cause -> failed(asked, cause));
        }

        /** A controller that does not answer may have been stopped: where there are others, they are asked. */
        private long patience() {
            long left = endNanos - System.nanoTime();
            return controllers.size() == 1 ? left : Math.min(left, ATTEMPT.toNanos());
        }

        private void failed(int asked, Throwable cause) {
            if (answer.future().isComplete()) {
                return; // the client was closed
            }
            if (cause instanceof InvalidStatusException refused && Statuses.isFinal(refused.actualStatus())) {
                answer.tryFail(Statuses.toError(refused.actualStatus(), method));
                return;
            }
            if (asked == current) {
                current = (asked + 1) % controllers.size();
            }
            Duration pause = backoff.next();
            if (System.nanoTime() + pause.toNanos() >= endNanos) {
                answer.tryFail(new UnavailableException(
                        method + " failed at the controller " + controllers.get(asked) + ": " + cause.getMessage(),
                        cause));
                return;
            }
            loop.after(pause, this::attempt);
        }
    }
}
