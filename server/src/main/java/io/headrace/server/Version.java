/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import java.util.Objects;

/** Which build this is. */
final class Version {

    private Version() {}

    /** As in the manifest of the jar; {@code development} when run from class files. */
    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }
}
