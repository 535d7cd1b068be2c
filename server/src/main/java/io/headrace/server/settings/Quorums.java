/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On how many bookies data lies.
 *
 * @param ensemble bookies over which a ledger is spread
 * @param write bookies that get each frame
 * @param ack bookies that must have synced it before it counts as durable
 */
public record Quorums(int ensemble, int write, int ack) {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]?)/([1-9][0-9]?)/([1-9][0-9]?)");

    public Quorums {
        if (ensemble < write || write < ack || ack < write - 1 || ack < 1) {
            throw new IllegalArgumentException(
                    "each number is at most the one before, and the last no more than one below the second");
        }
    }

    static Quorums parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException();
        }
        return new Quorums(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }
}
