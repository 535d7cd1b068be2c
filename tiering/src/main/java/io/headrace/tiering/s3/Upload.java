/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One multipart upload: the object appears when it is completed. Used by one worker at a time.
 */
final class Upload {
    static final int MAX_PARTS = 10_000;
    static final int MINIMUM_PART_BYTES = 5 << 20;
    private static final int PART_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    private final Requests requests;
    private final S3AsyncClient client;
    private final String bucket;
    private final String key;
    private final String attempt = UUID.randomUUID().toString();
    private final String id;
    private final List<CompletedPart> parts = new ArrayList<>();
    private boolean completed;

    /** Starts an upload. */
    Upload(Requests requests, String key) throws IOException {
        this.requests = requests;
        this.client = requests.client();
        this.bucket = requests.location().bucket();
        this.key = key;
        this.id = requests.await(client.createMultipartUpload(
                        request -> request.bucket(bucket).key(key).metadata(Map.of(Requests.ATTEMPT, attempt))))
                .uploadId();
    }

    int partCount() {
        return parts.size();
    }

    /** How many parts some bytes become. */
    static int partsOf(int bytes) {
        return Math.max(1, bytes / PART_BYTES);
    }

    /** Uploads bytes as one or several parts at the same time. They are durable when this returns. */
    void add(ByteBuf bytes) throws IOException {
        int count = partsOf(bytes.readableBytes());
        int left = bytes.readableBytes();
        int index = bytes.readerIndex();
        List<ByteBufBody> bodies = new ArrayList<>();
        List<CompletableFuture<UploadPartResponse>> answers = new ArrayList<>();
        try {
            for (int part = 0; part < count; part++) {
                int length = left / (count - part);
                ByteBufBody body = new ByteBufBody(bytes, index, length);
                bodies.add(body);
                answers.add(upload(parts.size() + 1 + part, body));
                index += length;
                left -= length;
            }
            List<CompletedPart> done = new ArrayList<>();
            for (CompletableFuture<UploadPartResponse> answer : answers) {
                done.add(completed(parts.size() + 1 + done.size(), requests.await(answer)));
            }
            parts.addAll(done);
        } finally {
            answers.forEach(answer -> answer.cancel(true));
            bodies.forEach(ByteBufBody::close);
        }
    }

    private CompletableFuture<UploadPartResponse> upload(int number, ByteBufBody body) {
        return client.uploadPart(
                request -> request.bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .partNumber(number)
                        .contentLength(body.contentLength().orElseThrow()),
                body);
    }

    private static CompletedPart completed(int number, UploadPartResponse answer) {
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(answer.eTag())
                .checksumCRC32(answer.checksumCRC32())
                .build();
    }

    /** Adds a range of another object as a part. */
    void copy(String source, long offset, long length) throws IOException {
        int number = parts.size() + 1;
        CopyPartResult answer = requests.await(client.uploadPartCopy(request -> request.sourceBucket(bucket)
                        .sourceKey(source)
                        .copySourceRange("bytes=" + offset + "-" + (offset + length - 1))
                        .destinationBucket(bucket)
                        .destinationKey(key)
                        .uploadId(id)
                        .partNumber(number)))
                .copyPartResult();
        parts.add(CompletedPart.builder()
                .partNumber(number)
                .eTag(answer.eTag())
                .checksumCRC32(answer.checksumCRC32())
                .build());
    }

    /** Makes the object appear, or fails if there is one by then. */
    void complete() throws IOException {
        requests.createOnce(
                key,
                attempt,
                () -> client.completeMultipartUpload(request -> request.bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .ifNoneMatch("*")
                        .multipartUpload(upload -> upload.parts(parts))));
        completed = true;
    }

    /** Gives back the room that the parts take, unless the object has been completed. */
    void close() {
        if (completed) {
            return;
        }
        try {
            requests.abort(key, id);
        } catch (IOException e) {
            LOG.info(
                    "The unfinished upload of {} could not be aborted; it takes room until somebody deletes it",
                    key,
                    e);
        }
    }
}
