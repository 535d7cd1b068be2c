/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.paginators.ListMultipartUploadsPublisher;

/** Requests to one bucket, for workers to wait for. Thread-safe. */
final class Requests {
    /**
     * Metadata of each object: an id of whoever tried to create it. A request may be repeated by the client after its
     * answer was lost, and then finds what it has made itself.
     */
    static final String ATTEMPT = "attempt";

    /** Not a name of a chunk, since those never begin with a dot. */
    private static final String PROBE = ".create-once";

    private final S3AsyncClient client;
    private final S3Location location;

    /** Whether the server was seen to refuse to replace an object. */
    private volatile boolean probed;

    Requests(S3AsyncClient client, S3Location location) {
        this.client = client;
        this.location = location;
    }

    S3AsyncClient client() {
        return client;
    }

    S3Location location() {
        return location;
    }

    /**
     * Waits for an answer. An interrupt cancels the request, and is used up, so that what has to be cleaned up can be
     * waited for.
     */
    <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw new InterruptedIOException("interrupted while waiting for an answer");
        } catch (ExecutionException e) {
            throw new S3Failure(e.getCause() == null ? e : e.getCause());
        }
    }

    /** The object of that key, or null if the server says that there is none. */
    @Nullable
    HeadObjectResponse head(String key) throws IOException {
        try {
            return await(client.headObject(
                    request -> request.bucket(location.bucket()).key(key)));
        } catch (S3Failure e) {
            if (e.status() != S3Failure.NOT_FOUND) {
                throw e;
            }
            verifyBucket();
            return null;
        }
    }

    /** The answer to a HEAD does not tell a missing object from a missing bucket, in which nothing is absent for certain. */
    void verifyBucket() throws IOException {
        try {
            await(client.headBucket(request -> request.bucket(location.bucket())));
        } catch (S3Failure e) {
            if (e.status() == S3Failure.NOT_FOUND) {
                throw Errors.noBucket("looking for a chunk", location, e);
            }
            throw e;
        }
    }

    /** Creates an object of a single part. */
    void put(String key, ByteBuf bytes) throws IOException {
        String attempt = UUID.randomUUID().toString();
        try (ByteBufBody body = new ByteBufBody(bytes, bytes.readerIndex(), bytes.readableBytes())) {
            createOnce(
                    key,
                    attempt,
                    () -> client.putObject(
                            request -> request.bucket(location.bucket())
                                    .key(key)
                                    .contentLength((long) bytes.readableBytes())
                                    .metadata(Map.of(ATTEMPT, attempt))
                                    .ifNoneMatch("*"),
                            body));
        }
    }

    /**
     * Sends a request that creates an object if there is none.
     *
     * @throws StorageException ALREADY_EXISTS if there is one, and it was not this attempt that made it
     */
    void createOnce(String key, String attempt, Supplier<CompletableFuture<?>> request) throws IOException {
        try {
            await(request.get());
        } catch (S3Failure e) {
            if (!e.isConditionFailed() && e.status() != S3Failure.NOT_FOUND) {
                throw e;
            }
            HeadObjectResponse there = head(key);
            if (there == null) {
                throw e;
            }
            if (!attempt.equals(there.metadata().get(ATTEMPT))) {
                throw new StorageException(
                        Kind.ALREADY_EXISTS, "there is an object " + key + " already; use another name", e);
            }
        }
    }

    /**
     * To be called before anything is created: a server that does not know the condition would ignore it and replace
     * objects.
     */
    void verifyCreateOnce() throws IOException {
        String key = location.key(PROBE);
        for (int attempt = 1; attempt <= 2 && !probed; attempt++) {
            try {
                put(key, Unpooled.EMPTY_BUFFER);
            } catch (StorageException e) {
                if (e.kind() != Kind.ALREADY_EXISTS) {
                    throw e;
                }
                probed = true;
            }
        }
        if (!probed) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    location + " replaces objects although it is asked not to (If-None-Match); use a server that knows"
                            + " conditional writes");
        }
    }

    void abort(String key, String uploadId) throws IOException {
        try {
            await(client.abortMultipartUpload(
                    request -> request.bucket(location.bucket()).key(key).uploadId(uploadId)));
        } catch (S3Failure e) {
            if (e.status() != S3Failure.NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Aborts what somebody has begun under this key and not completed. */
    void abortAll(String key) throws IOException {
        ListMultipartUploadsPublisher pages = client.listMultipartUploadsPaginator(
                request -> request.bucket(location.bucket()).prefix(key));
        Set<String> uploads = ConcurrentHashMap.newKeySet();
        await(pages.uploads().subscribe((MultipartUpload upload) -> {
            if (upload.key().equals(key)) {
                uploads.add(upload.uploadId());
            }
        }));
        for (String upload : uploads) {
            abort(key, upload);
        }
    }
}
