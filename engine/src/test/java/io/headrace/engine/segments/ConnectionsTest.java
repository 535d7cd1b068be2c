/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand.Read;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is tied to connections takes no more of the heap than it may, and is given back however it ends. */
class ConnectionsTest {
    private static final long ONE = HotSegments.SEGMENT_BYTES + Connections.TIE_BYTES;

    private final Connections connections = new Connections(2 * ONE);

    private static Segment segment(int number) {
        return new Segment(number, "s/t/" + number, false, 1000, 0);
    }

    private boolean binds(Segment segment, int writer, long connection) {
        return connections.bind(segment, new UUID(1, writer), connection) == null;
    }

    private boolean waits(Segment segment, long connection) {
        return connections.park(segment, new Read(segment.name, 0, 1, connection), ReplyTo.none()) == null;
    }

    /** Whether nothing is counted. */
    private void checkEmpty() {
        assertThat(binds(segment(8), 1, 9)).isTrue();
        assertThat(binds(segment(9), 1, 9)).isTrue();
        assertThat(binds(segment(9), 2, 9)).isFalse();
        connections.disconnect(9);
    }

    @Test
    void whatIsTooMuchIsRefusedUntilOthersHaveEnded() {
        checkEmpty();
        Segment one = segment(1);
        Segment two = segment(2);
        assertThat(binds(one, 1, 1)).isTrue();
        assertThat(waits(two, 2)).isTrue();
        assertThat(binds(two, 1, 1)).isFalse();
        assertThat(waits(one, 1)).isFalse();
        assertThat(binds(one, 1, 2)).as("to another connection").isTrue();
        assertThat(connections.bind(segment(3), new UUID(1, 1), 3)).contains("heap");
        connections.disconnect(2);
        checkEmpty();
    }

    @Test
    void itIsGivenBackHoweverItEnds() {
        Segment one = segment(1);
        assertThat(waits(one, 1)).isTrue();
        assertThat(connections.takeBelow(one, 1)).isNotNull();
        checkEmpty();
        assertThat(waits(one, 1)).isTrue();
        assertThat(connections.takeAll(one)).hasSize(1);
        checkEmpty();
        assertThat(binds(one, 1, 1)).isTrue();
        connections.own(one, 1);
        connections.detach(one);
        checkEmpty();
        connections.own(one, 1);
        assertThat(connections.disconnect(1)).containsExactly(one);
        checkEmpty();
        assertThat(binds(one, 1, 1)).isTrue();
        connections.lost("end");
        checkEmpty();
    }
}
