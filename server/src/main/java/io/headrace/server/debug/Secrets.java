/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import java.util.regex.Pattern;

/** Makes texts fit to be shown: what looks like a secret is replaced, in doubt too much of it. */
final class Secrets {
    static final String MASK = "***";

    private static final String WORDS = "pass(?:word|wd|phrase)?|secret|token|credential|key|auth";

    /** A name with such a word in it. */
    private static final Pattern NAME = Pattern.compile("(?i).*(?:" + WORDS + ").*");

    /** Such a name, and what it is set to: as a setting, an option, a parameter of an address, or in JSON. */
    private static final Pattern ASSIGNED = Pattern.compile("(?i)([\\w.-]*(?:" + WORDS
            + ")[\\w.-]*[\"']?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|(?:bearer |basic )?[^\\s,;&\"'}]+)");

    /** Whoever stands before the host of an address. */
    private static final Pattern USER = Pattern.compile("(?i)([a-z][a-z0-9+.-]*://)[^/\\s@]+@");

    private Secrets() {}

    /** What may be shown of the value of something that has a name. */
    static String masked(String name, String value) {
        return value.isEmpty() || !NAME.matcher(name).matches() ? masked(value) : MASK;
    }

    /** What may be shown of a text. */
    static String masked(String text) {
        String without = USER.matcher(text).replaceAll("$1" + MASK + "@");
        return ASSIGNED.matcher(without).replaceAll("$1" + MASK);
    }
}
