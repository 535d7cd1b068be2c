/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.util.function.Consumer;

/**
 * A client and the server behind it, with one stream at a time. The workloads know nothing else of them, so that the
 * program of each client is compiled with that client only.
 */
public interface Subject {

    /** Makes a stream, which is written and read from now on; what was open before is closed. */
    void open(String stream, int segments) throws Exception;

    /** One more writer of the open stream. */
    Writer writer() throws Exception;

    /** Begins to give all events of the open stream to somebody, on a thread of the client's or of its own. */
    void read(Consumer<byte[]> events) throws Exception;

    /** Writes to one stream. For one thread. */
    interface Writer {
        /**
         * Writes an event.
         *
         * @param acknowledged is called when it is durable, by any thread
         */
        void write(String key, byte[] event, Runnable acknowledged);
    }
}
