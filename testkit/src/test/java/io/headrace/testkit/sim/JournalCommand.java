/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

/** What can be asked of a {@link JournalMachine}. */
sealed interface JournalCommand {

    /**
     * Adds entries to the journal, all or none. Numbers of one client follow each other; an operation that is there
     * already is confirmed and not repeated.
     *
     * @param parts number of entries, each one record
     * @param partBytes payload of each
     */
    record Add(int client, long operation, int parts, int partBytes) implements JournalCommand {}

    /** Asks for the state, and for the last operation of a client. */
    record Observe(int client) implements JournalCommand {}

    /** Reads an entry's payload. */
    record ReadBack(long version) implements JournalCommand {}

    /** Gives up the entries below a version. */
    record Trim(long version) implements JournalCommand {}
}
