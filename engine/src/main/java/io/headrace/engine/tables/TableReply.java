/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** What a table answers to a {@link TableCommand}. */
public sealed interface TableReply {

    /**
     * To a put.
     *
     * @param versions one for each entry, in the order of the command
     */
    record Stored(List<Long> versions) implements TableReply {}

    /** To a removal. */
    record Removed() implements TableReply {
        static final Removed INSTANCE = new Removed();
    }

    /**
     * To a look at keys.
     *
     * @param entries one for each key, in the order of the command; absent ones with an empty value
     */
    record Entries(List<TableEntry> entries) implements TableReply {}

    /**
     * To a walk.
     *
     * @param entries without values if none were asked for; an empty list is the end
     * @param token leads to the next page; empty at the end
     */
    record Page(List<TableEntry> entries, ByteBuf token) implements TableReply {}

    /**
     * To a look at changes.
     *
     * @param next position of the next look; 0 if nothing was found, as clients know it
     */
    record Changes(List<TableEntry> entries, boolean reachedEnd, long next) implements TableReply {}

    /**
     * What is known of the table as a whole.
     *
     * @param length grows with each change: the position that the next entry gets
     * @param entries number of keys
     * @param keyLength of all keys, in bytes; 0 for keys of any length
     */
    record Info(long length, long entries, int keyLength) implements TableReply {}

    /** The command was not executed; nothing has changed. */
    sealed interface Refusal extends TableReply {}

    /** The table was to be deleted only without entries. */
    record NotEmpty() implements Refusal {}

    /** A key that was to have a version is not there. */
    record NoSuchKey() implements Refusal {}

    /** A key has another version than it was to have, or is there and was not to be. */
    record OtherVersion() implements Refusal {}

    /**
     * The table's length is not the expected one.
     *
     * @param length the present one
     */
    record OtherLength(long length) implements Refusal {}

    /** This kind of table cannot do that. */
    record Unsupported() implements Refusal {}

    /**
     * The command makes no sense.
     *
     * @param message what was wrong and what to do, for people
     */
    record BadArgument(String message) implements Refusal {}
}
