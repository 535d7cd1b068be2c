/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** What must be so that a key is changed. */
public sealed interface TableCondition {

    /** Nothing. */
    static TableCondition none() {
        return new None();
    }

    /** That the key is not there. */
    static TableCondition absent() {
        return new Absent();
    }

    /** That the key has this version. */
    static TableCondition version(TableVersion version) {
        return new Is(version);
    }

    /** See {@link #none}. */
    record None() implements TableCondition {}

    /** See {@link #absent}. */
    record Absent() implements TableCondition {}

    /** See {@link #version}. */
    record Is(TableVersion version) implements TableCondition {}
}
