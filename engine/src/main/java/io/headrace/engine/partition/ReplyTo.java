/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

/**
 * Where the reply to a command goes. Exactly one of the methods is called, once, on the loop of the partition; an
 * implementation hands over to its own thread and returns at once.
 */
public interface ReplyTo<R> {

    /** The command was executed and everything that the reply could have observed is durable. */
    void reply(R reply);

    /**
     * The partition was lost (fenced, failed or closed) before the reply could be released: whether the command took
     * effect is unknown.
     */
    void lost(String reason);

    /** The partition is not here, or no longer: the command has had no effect and may be given to whoever has it. */
    default void notExecuted(String reason) {
        lost(reason);
    }

    /** For commands of which nobody needs to know what came of them. */
    static <R> ReplyTo<R> none() {
        return new ReplyTo<>() {
            @Override
            public void reply(R reply) {}

            @Override
            public void lost(String reason) {}
        };
    }
}
