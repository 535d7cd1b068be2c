/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

/** Ways to break the log's contract on purpose, to prove that a checker notices. */
public enum Sabotage {
    /** Keeps the contract. */
    NONE,
    /** Reports an append as done before it is stored. */
    ACKNOWLEDGE_EARLY,
    /** Drops the newest acknowledged frame at the next opening. */
    LOSE_ACKNOWLEDGED,
    /** Goes on acknowledging the appends of a former owner, which are then nowhere. */
    ACKNOWLEDGE_FENCED,
    /** Lets a former owner publish and truncate. */
    ADMIT_FENCED_METADATA,
    /** Reads give one frame's bytes for another's. */
    READ_WRONG_FRAME
}
