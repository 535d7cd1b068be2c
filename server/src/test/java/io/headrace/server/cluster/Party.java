/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One process of a cluster. */
record Party(Kind kind, int number) {
    /** Processes of each kind. */
    static final int OF_A_KIND = 3;

    enum Kind {
        ZOOKEEPER,
        BOOKIE,
        NODE
    }

    static Party zooKeeper(int number) {
        return new Party(Kind.ZOOKEEPER, number);
    }

    static Party bookie(int number) {
        return new Party(Kind.BOOKIE, number);
    }

    static Party node(int number) {
        return new Party(Kind.NODE, number);
    }

    static Stream<Party> all(Kind kind) {
        return IntStream.range(0, OF_A_KIND).mapToObj(number -> new Party(kind, number));
    }

    static Stream<Party> all() {
        return Stream.of(Kind.values()).flatMap(Party::all);
    }

    /** The name by which others find it. */
    String host() {
        return kind.name().toLowerCase(Locale.ROOT) + "-" + number;
    }

    /** Different for each. */
    int index() {
        int before =
                switch (kind) {
                    case ZOOKEEPER -> 0;
                    case BOOKIE -> OF_A_KIND;
                    case NODE -> 2 * OF_A_KIND;
                };
        return before + number;
    }

    @Override
    public String toString() {
        return host();
    }
}
