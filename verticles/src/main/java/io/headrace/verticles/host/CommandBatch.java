/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.partition.ReplyTo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Commands for one partition, in order: what one socket read gave, handed over at once. Not thread-safe. */
public final class CommandBatch<C, R> {
    private final List<C> commands = new ArrayList<>();
    private final List<ReplyTo<? super R>> replies = new ArrayList<>();

    public void add(C command, ReplyTo<? super R> replyTo) {
        commands.add(command);
        replies.add(replyTo);
    }

    public boolean isEmpty() {
        return commands.isEmpty();
    }

    void forEach(BiConsumer<? super C, ReplyTo<? super R>> action) {
        for (int i = 0; i < commands.size(); i++) {
            action.accept(commands.get(i), replies.get(i));
        }
    }
}
