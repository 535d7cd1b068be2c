/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/** A test of one or more conformance cases, named by their ids in {@code cases.tsv}. */
@Test
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Case {
    /** Case ids, such as {@code ADM-01}. */
    String[] value();

    /** Whether the test needs a server that keeps its data over a restart. */
    boolean durable() default false;
}
