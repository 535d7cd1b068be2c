/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.StreamSegment;
import io.headrace.client.internal.control.StreamCalls.Successor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SuccessionTest {
    private final Succession succession = new Succession();

    @Test
    void aSplitIsBegunAtOnce() {
        succession.begin(0);
        assertThat(succession.finish(0, List.of(successor(1, 0), successor(2, 0))))
                .hasSize(2);
        assertThat(succession.takeSettled()).containsExactly(0L);
        assertThat(succession.finish(1, List.of())).isEmpty();
        assertThat(succession.takeSettled()).containsExactly(1L);
    }

    @Test
    void aMergeWaitsForAll() {
        succession.begin(1);
        succession.begin(2);
        Successor merged = successor(3, 1, 2);
        assertThat(succession.finish(1, List.of(merged))).isEmpty();
        assertThat(succession.takeSettled()).isEmpty();
        assertThat(succession.finish(2, List.of(merged))).containsExactly(merged);
        assertThat(succession.takeSettled()).containsExactly(1L, 2L);
    }

    @Test
    void nothingIsBegunTwice() {
        succession.begin(1);
        succession.begin(3);
        assertThat(succession.finish(1, List.of(successor(3, 1)))).isEmpty();
        assertThat(succession.takeSettled()).containsExactly(1L);
        assertThat(succession.beginWaiting()).isEmpty();
    }

    @Test
    void whatWaitsForAnUnknownSegmentCanBeBegunInTheEnd() {
        succession.begin(1);
        Successor merged = successor(3, 1, 2);
        assertThat(succession.finish(1, List.of(merged))).isEmpty();
        assertThat(succession.beginWaiting()).containsExactly(merged);
        assertThat(succession.takeSettled()).containsExactly(1L);
    }

    private static Successor successor(long id, long... predecessors) {
        return new Successor(
                new StreamSegment(id, 0, 1), Arrays.stream(predecessors).boxed().toList());
    }
}
