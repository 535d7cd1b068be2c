/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

/**
 * What a check has found.
 *
 * @param check what was looked at, in a word or two
 * @param found what it is like
 * @param advice what to do; empty if that is nothing
 */
public record Finding(Level level, String check, String found, String advice) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** It works, and somebody may wish later to have known. */
        WARNING,
        /** Something does not work, or will not. */
        PROBLEM
    }
}
