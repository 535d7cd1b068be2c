/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkName;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.headrace.tiering.StorageTraits;
import io.headrace.tiering.worker.BlockingChunkStorage;
import io.headrace.tiering.worker.OpenChunk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Chunks as objects of a bucket. An object is created by one request that fails if there is one already, and is never
 * replaced. What a dead writer has uploaded of a chunk takes room until the chunk is deleted, or until the bucket's own rule
 * for unfinished uploads applies; nobody sees it.
 */
public final class S3ChunkStorage extends BlockingChunkStorage {
    private static final Logger LOG = LoggerFactory.getLogger(S3ChunkStorage.class);
    private static final StorageTraits TRAITS = new StorageTraits(false, Upload.MINIMUM_PART_BYTES, true, false);

    /** Up to this an object is put at once. */
    private static final int SINGLE_PUT_BYTES = 32 << 20;

    /** S3 would copy more at once, but is silent while it does so, and a silent connection is given up. */
    private static final long MAX_COPY_BYTES = 256 << 20;

    private static final int MAX_KEYS = 1_000;

    private final Connection connection;
    private final S3AsyncClient client;
    private final S3Location location;
    private final Requests requests;

    private S3ChunkStorage(Connection connection, S3Location location, StorageOptions options) {
        super(location.toString(), options);
        this.connection = connection;
        this.client = connection.client();
        this.location = location;
        this.requests = new Requests(client, location);
    }

    /**
     * Opens a bucket. Sends no request yet. Credentials come from where the client of AWS looks for them: system
     * properties, environment, profile files, the role of the machine.
     *
     * @throws StorageException BAD_REQUEST if there can be no client for this location
     */
    public static S3ChunkStorage open(S3Location location, StorageOptions options) {
        return new S3ChunkStorage(Connection.to(location, options), location, options);
    }

    @Override
    public StorageTraits traits() {
        return TRAITS;
    }

    @Override
    protected void put(ChunkName chunk, ByteBuf bytes) throws IOException {
        requests.verifyCreateOnce();
        if (bytes.readableBytes() <= SINGLE_PUT_BYTES) {
            requests.put(key(chunk), bytes);
            return;
        }
        Upload upload = new Upload(requests, key(chunk));
        try {
            upload.add(bytes);
            upload.complete();
        } finally {
            upload.close();
        }
    }

    @Override
    protected OpenChunk create(ChunkName chunk) throws IOException {
        requests.verifyCreateOnce();
        if (requests.head(key(chunk)) != null) {
            throw exists(chunk);
        }
        return new S3Chunk(requests, key(chunk));
    }

    @Override
    protected void read(ChunkName chunk, long offset, ByteBuf into) throws IOException {
        read(key(chunk), chunk, offset, into);
    }

    private void read(String key, ChunkName chunk, long offset, ByteBuf into) throws IOException {
        int length = into.writableBytes();
        try (ByteBufSink sink = new ByteBufSink(into)) {
            GetObjectResponse answer = requests.await(client.getObject(
                    request -> request.bucket(location.bucket())
                            .key(key)
                            .range("bytes=" + offset + "-" + (offset + length - 1)),
                    sink));
            if (sink.isFull()) {
                return;
            }
            throw beyond(chunk, "it ends before " + (offset + length) + " (" + answer.contentRange() + ")");
        } catch (S3Failure e) {
            if (e.status() == S3Failure.RANGE_NOT_SATISFIABLE) {
                throw beyond(chunk, "it ends before " + offset);
            }
            if (e.status() == S3Failure.NOT_FOUND && !e.code().equals("NoSuchBucket")) {
                requests.verifyBucket();
                throw absent(chunk);
            }
            throw e;
        }
    }

    @Override
    protected long length(ChunkName chunk) throws IOException {
        HeadObjectResponse object = requests.head(key(chunk));
        if (object == null) {
            throw absent(chunk);
        }
        return object.contentLength();
    }

    /** Every object is sealed. */
    @Override
    protected long seal(ChunkName chunk) throws IOException {
        return length(chunk);
    }

    @Override
    protected void delete(ChunkName chunk) throws IOException {
        String key = key(chunk);
        if (requests.head(key) != null) {
            requests.await(client.deleteObject(
                    request -> request.bucket(location.bucket()).key(key)));
            return;
        }
        try {
            requests.abortAll(key);
        } catch (S3Failure e) {
            if (e.status() != S3Failure.NOT_IMPLEMENTED) {
                throw e;
            }
            LOG.debug("{} cannot list unfinished uploads", location, e);
        }
    }

    @Override
    protected ChunkPage list(List<String> prefix, @Nullable String from, int limit) throws IOException {
        String keys = location.key(prefix.isEmpty() ? "" : String.join("/", prefix) + "/");
        String after = from == null ? null : key(ChunkName.of(from));
        List<ChunkInfo> found = new ArrayList<>();
        boolean more = true;
        while (more && found.size() <= limit) {
            ListObjectsV2Response page = objects(keys, after, Math.min(limit + 1, MAX_KEYS));
            for (S3Object object : page.contents()) {
                add(found, object);
                after = object.key();
            }
            more = Boolean.TRUE.equals(page.isTruncated());
        }
        if (found.size() <= limit) {
            return new ChunkPage(found, null);
        }
        return new ChunkPage(found.subList(0, limit), found.get(limit - 1).chunk());
    }

    private ListObjectsV2Response objects(String prefix, @Nullable String after, int limit) throws IOException {
        return requests.await(client.listObjectsV2(request -> request.bucket(location.bucket())
                .prefix(prefix)
                .startAfter(after)
                .maxKeys(limit)));
    }

    /** Adds an object if it is a chunk. */
    private void add(List<ChunkInfo> found, S3Object object) {
        String path = location.path(object.key());
        if (path == null) {
            return;
        }
        List<String> segments = new ArrayList<>();
        for (String escaped : path.split("/", -1)) {
            String segment = ChunkName.unescape(escaped);
            if (segment.isEmpty()) {
                return;
            }
            segments.add(segment);
        }
        found.add(new ChunkInfo(String.join("/", segments), object.size()));
    }

    @Override
    protected void merge(ChunkName target, List<ChunkName> sources, List<Long> lengths) throws IOException {
        requests.verifyCreateOnce();
        long total = lengths.stream().mapToLong(Long::longValue).sum();
        HeadObjectResponse there = requests.head(key(target));
        if (there != null) {
            if (there.contentLength() == total) {
                return;
            }
            throw exists(target);
        }
        for (int i = 0; i < sources.size(); i++) {
            long length = length(sources.get(i));
            if (length < lengths.get(i)) {
                throw beyond(sources.get(i), "it has " + length + " bytes, not " + lengths.get(i));
            }
        }
        if (total == 0) {
            requests.put(key(target), Unpooled.EMPTY_BUFFER);
            return;
        }
        join(target, sources, MergePlan.of(lengths, Upload.MINIMUM_PART_BYTES, MAX_COPY_BYTES));
    }

    private void join(ChunkName target, List<ChunkName> sources, MergePlan plan) throws IOException {
        if (plan.parts().size() > Upload.MAX_PARTS) {
            throw new StorageException(
                    Kind.BAD_REQUEST, "merging into " + target.name() + " takes more parts than S3 allows; merge less");
        }
        Upload upload = new Upload(requests, key(target));
        try {
            for (MergePlan.Part part : plan.parts()) {
                if (part.isCopied()) {
                    MergePlan.Range range = part.ranges().get(0);
                    upload.copy(key(sources.get(range.source())), range.offset(), range.length());
                } else {
                    assemble(upload, sources, part);
                }
            }
            upload.complete();
        } finally {
            upload.close();
        }
    }

    private void assemble(Upload upload, List<ChunkName> sources, MergePlan.Part part) throws IOException {
        int total = Math.toIntExact(
                part.ranges().stream().mapToLong(MergePlan.Range::length).sum());
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(total, total);
        try {
            for (MergePlan.Range range : part.ranges()) {
                int length = Math.toIntExact(range.length());
                ByteBuf into = bytes.slice(bytes.writerIndex(), length).writerIndex(0);
                read(sources.get(range.source()), range.offset(), into);
                bytes.writerIndex(bytes.writerIndex() + length);
            }
            upload.add(bytes);
        } finally {
            bytes.release();
        }
    }

    @Override
    protected void closeNow() {
        connection.close();
    }

    @Override
    protected StorageException failure(String what, IOException cause) {
        return Errors.of(what, cause, location);
    }

    private String key(ChunkName chunk) {
        return location.key(chunk.path());
    }

    private StorageException exists(ChunkName chunk) {
        return new StorageException(
                Kind.ALREADY_EXISTS, "there is a chunk " + chunk.name() + " already; use another name");
    }

    private StorageException absent(ChunkName chunk) {
        return new StorageException(
                Kind.NOT_FOUND, "there is no chunk " + chunk.name() + " in " + location + "; check who deleted it");
    }

    private static StorageException beyond(ChunkName chunk, String why) {
        return new StorageException(
                Kind.INVALID_OFFSET, "chunk " + chunk.name() + ": " + why + "; ask for what it has");
    }
}
