/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.netty.buffer.ByteBuf;

/** What a {@link JournalMachine} answers. */
sealed interface JournalReply {

    /**
     * The state when the command was executed, with what it did itself.
     *
     * @param version number of records applied so far
     * @param chain digest of them all
     * @param lastOperation of the client that asked, 0 if it has none
     */
    record State(long version, long chain, long lastOperation) implements JournalReply {}

    /** The receiver releases the bytes. */
    record Payload(ByteBuf bytes) implements JournalReply {}

    /**
     * There is no such entry.
     *
     * @param firstVersion below this, entries were given up
     */
    record Missing(long version, long firstVersion) implements JournalReply {}
}
