/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/**
 * A client and the event loops that it runs on. The loops are not left to the client, which would take two seconds to
 * close them.
 */
final class Connection implements AutoCloseable {
    private static final int EVENT_LOOPS = 2;
    private static final int CONNECTIONS = 64;
    private static final long LARGEST_BODY_BYTES = 32 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long QUIET_MILLIS = 100;
    private static final long CLOSE_MILLIS = 2_000;

    private final EventLoopGroup loops;
    private final S3AsyncClient client;

    private Connection(EventLoopGroup loops, S3AsyncClient client) {
        this.loops = loops;
        this.client = client;
    }

    /**
     * Makes a client for a location. Each of its calls, with what it repeats, ends by the deadline of the storage at the
     * latest.
     */
    static Connection to(S3Location location, StorageOptions options) {
        SdkEventLoopGroup loops = SdkEventLoopGroup.builder()
                .numberOfThreads(EVENT_LOOPS)
                .threadFactory(new DefaultThreadFactory("tiering-s3", true))
                .build();
        try {
            return new Connection(loops.eventLoopGroup(), client(location, options, loops));
        } catch (SdkClientException | IllegalArgumentException e) {
            var unused = loops.eventLoopGroup().shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    location + " cannot be opened (" + e.getMessage() + "); add ?region=NAME to the address, or set"
                            + " AWS_REGION",
                    e);
        }
    }

    private static S3AsyncClient client(S3Location location, StorageOptions options, SdkEventLoopGroup loops) {
        Duration deadline = Duration.ofMillis(options.deadlineMillis(LARGEST_BODY_BYTES));
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(loops)
                        .maxConcurrency(CONNECTIONS)
                        .connectionTimeout(CONNECT_TIMEOUT))
                .overrideConfiguration(configuration -> configuration.apiCallTimeout(deadline))
                .forcePathStyle(location.pathStyle());
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        if (location.region() != null) {
            builder.region(Region.of(location.region()));
        }
        return builder.build();
    }

    S3AsyncClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        loops.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
