/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

/** How answers are printed. */
enum Output {
    /** For people: columns, with units. */
    TABLE,
    /** For programs: one JSON object on each line, as {@code jq} takes them; numbers are in bytes and seconds. */
    JSON
}
