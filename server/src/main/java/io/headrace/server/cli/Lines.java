/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.reactivex.rxjava3.core.Emitter;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The lines of some files, or of standard input, as they are asked for: no more than one is in memory here. Bytes stay as they
 * are; {@code \n} and {@code \r\n} end a line.
 */
final class Lines {
    /** The most that a transaction takes, and that travels with others. */
    static final int MAX_BYTES = 8 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private static final Path STANDARD_INPUT = Path.of("-");

    private final Deque<Path> files;
    private final InputStream standardInput;
    private final AtomicLong read = new AtomicLong();
    private @Nullable InputStream input;
    private String source = "";

    /** @param files in their order; {@code -} is standard input, as are no files */
    Lines(Collection<Path> files, InputStream standardInput) {
        this.files = new ArrayDeque<>(files.isEmpty() ? List.of(STANDARD_INPUT) : files);
        this.standardInput = standardInput;
    }

    /** How many have been read. */
    long count() {
        return read.get();
    }

    /** The lines, once. Reading blocks a thread of its own. */
    Flowable<byte[]> flow() {
        return Flowable.<byte[]>generate(this::next).subscribeOn(Schedulers.io());
    }

    private void next(Emitter<byte[]> emitter) {
        try {
            byte[] line = line();
            if (line == null) {
                emitter.onComplete();
            } else {
                read.incrementAndGet();
                emitter.onNext(line);
            }
        } catch (IOException e) {
            emitter.onError(CommandException.failed(source + " cannot be read: " + e.getMessage()));
        }
    }

    /** Null at the end of the last file. */
    private byte @Nullable [] line() throws IOException {
        while (true) {
            InputStream from = input;
            if (from != null) {
                byte[] line = line(from);
                if (line != null) {
                    return line;
                }
                from.close();
                input = null;
            }
            if (files.isEmpty()) {
                return null;
            }
            open(files.remove());
        }
    }

    private void open(Path file) throws IOException {
        boolean standard = file.equals(STANDARD_INPUT);
        source = standard ? "standard input" : file.toString();
        input = new BufferedInputStream(standard ? standardInput : Files.newInputStream(file), BUFFER_BYTES);
    }

    private byte @Nullable [] line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = from.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() == MAX_BYTES) {
                throw new IOException("its line " + (read.get() + 1) + " is longer than " + MAX_BYTES + " bytes");
            }
            line.write(next);
            next = from.read();
        }
        byte[] bytes = line.toByteArray();
        boolean windows = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return windows ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }
}
