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

    /** Ends the process: an event was not written, or not read, and nothing that is measured from here on would be true. */
    static void fail(Throwable cause) {
        cause.printStackTrace();
        System.exit(1);
    }

    /** Writes to one stream. For one thread. */
    interface Writer {
        /**
         * Writes an event; one that cannot be written is given to {@link Subject#fail}.
         *
         * @param acknowledged is called when it is durable, by any thread
         */
        void write(String key, byte[] event, Runnable acknowledged);
    }
}
