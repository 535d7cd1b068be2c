/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

/** The workflows that take several steps; {@link WorkflowScript} says what each needs and does. */
enum Workflow {
    CREATE,
    UPDATE,
    RESPLIT,
    SCALE,
    OPEN_TRANSACTION,
    COMMIT,
    ROLLING_COMMIT,
    ABORT,
    TRUNCATE,
    SEAL,
    DELETE,
    CREATE_AGAIN,
    CREATE_GROUP,
    UPDATE_GROUP,
    DELETE_GROUP,
    DELETE_SCOPE
}
