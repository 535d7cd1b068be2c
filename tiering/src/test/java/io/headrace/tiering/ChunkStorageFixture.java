/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** A storage under test, and what tests need to use it. */
abstract class ChunkStorageFixture {
    /** Directory of this test: a name that no other test uses. */
    protected final String directory = "test-" + UUID.randomUUID();

    protected final TestLoop loop = new TestLoop();
    private final List<ChunkStorage> opened = new ArrayList<>();

    /** Address of the storage, for another process, too. */
    protected abstract URI address();

    /** System properties that another process needs to open it. */
    protected Map<String, String> properties() {
        return Map.of();
    }

    /** A storage of its own that has room for about a mebibyte. */
    protected abstract ChunkStorage small() throws IOException;

    /** A storage that cannot be reached: nothing ever answers. */
    protected abstract ChunkStorage silent(StorageOptions options) throws IOException;

    @AfterEach
    final void closeStorages() {
        opened.forEach(ChunkStorage::close);
        loop.close();
    }

    /** A new client of the storage. */
    protected final Chunks chunks() {
        return chunks(ChunkStorages.open(address(), Chunks.PATIENT));
    }

    protected final Chunks chunks(ChunkStorage storage) {
        opened.add(storage);
        return new Chunks(storage, loop);
    }

    protected final String name(String last) {
        return directory + "/" + last;
    }

    /** Bytes for a write that is not the last one. */
    static int block(Chunks chunks) {
        return Math.max(1_000, chunks.storage().traits().minimumWriteBytes());
    }

    protected static void assertFails(Kind kind, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(StorageException.class, failure -> assertThat(failure.kind())
                .as(failure.getMessage())
                .isEqualTo(kind));
    }

    static byte[] part(byte[] bytes, long offset, int length) {
        return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
    }
}
