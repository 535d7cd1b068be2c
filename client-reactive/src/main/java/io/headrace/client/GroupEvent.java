/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** What a reader of a group emits to a subscriber who passes checkpoints itself. */
public sealed interface GroupEvent<T> {

    /** An event. */
    record Read<T>(Event<T> event) implements GroupEvent<T> {}

    /**
     * All members are asked to pass a checkpoint. Nothing more is emitted until {@link #pass} is called, which says that all
     * that came before has been dealt with: whoever takes over from this reader begins there.
     */
    final class AtCheckpoint<T> implements GroupEvent<T> {
        private final String name;
        private final Runnable passing;

        /** @param passing called by each call of {@link #pass} */
        public AtCheckpoint(String name, Runnable passing) {
            this.name = name;
            this.passing = passing;
        }

        /** As whoever asked for it has named it; a random text if it was asked for by the group itself. */
        public String name() {
            return name;
        }

        /** Goes on. May be called by any thread; once is enough. */
        public void pass() {
            passing.run();
        }

        @Override
        public String toString() {
            return "checkpoint " + name;
        }
    }
}
