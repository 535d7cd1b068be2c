/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.worker.OpenChunk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An object that is being uploaded, each write as a part. Nobody sees it before it is sealed. */
final class S3Chunk implements OpenChunk {
    private final Requests requests;
    private final String key;
    private @Nullable Upload upload;

    /** A write was so small that S3 accepts it as the last part only. */
    private boolean last;

    S3Chunk(Requests requests, String key) {
        this.requests = requests;
        this.key = key;
    }

    @Override
    public void append(long offset, ByteBuf bytes) throws IOException {
        if (last) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    "nothing can be written to " + key + " after a write of less than " + Upload.MINIMUM_PART_BYTES
                            + " bytes; seal it, and collect more before you write to the next one");
        }
        Upload to = upload == null ? new Upload(requests, key) : upload;
        upload = to;
        if (to.partCount() + Upload.partsOf(bytes.readableBytes()) > Upload.MAX_PARTS) {
            throw new StorageException(
                    Kind.BAD_REQUEST, key + " has as many parts as S3 allows; seal it, and write to another one");
        }
        to.add(bytes);
        last = bytes.readableBytes() < Upload.MINIMUM_PART_BYTES;
    }

    @Override
    public void seal(long length) throws IOException {
        if (upload == null) {
            requests.put(key, Unpooled.EMPTY_BUFFER);
        } else {
            upload.complete();
        }
    }

    @Override
    public void close() {
        if (upload != null) {
            upload.close();
        }
    }
}
