/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/** The value of an operation that succeeds without a result. */
public enum Done {
    DONE
}
