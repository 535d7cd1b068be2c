/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/** Where the loads of segments with a scaling policy are reported to. */
@FunctionalInterface
public interface LoadReports {

    /** Nobody wants to know. */
    LoadReports NONE = (segment, load) -> {};

    /**
     * The load of a segment. Called on the partition's loop when the appends that caused the report are committed; must
     * not execute anything before it returns, and may lose the report: another one follows unless it is {@linkplain
     * Load#silent silent}.
     *
     * @param segment qualified name
     */
    void report(String segment, Load load);
}
