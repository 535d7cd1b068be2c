/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ProtocolException;
import io.headrace.client.StreamSegment;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeySpaceTest {
    private final KeySpace<Long> space =
            KeySpace.of(List.of(new StreamSegment(0, 0, 0.5), new StreamSegment(1, 0.5, 1)), StreamSegment::id);

    @Test
    void aBorderBelongsToTheLowerPart() {
        assertThat(space.at(0)).isZero();
        assertThat(space.at(0.5)).isZero();
        assertThat(space.at(0.500001)).isEqualTo(1);
        assertThat(space.at(0.999)).isEqualTo(1);
    }

    @Test
    void aSuccessorOfTwoTakesOverOnePartAfterTheOther() {
        List<StreamSegment> merged = List.of(new StreamSegment(2, 0, 1));
        space.replace(0L, merged, StreamSegment::id);
        assertThat(space.at(0.2)).isEqualTo(2);
        assertThat(space.at(0.7)).isEqualTo(1);
        space.replace(1L, merged, StreamSegment::id);
        assertThat(space.values()).containsExactly(2L);
        space.replace(2L, List.of(new StreamSegment(3, 0, 0.3), new StreamSegment(4, 0.3, 1)), StreamSegment::id);
        assertThat(space.at(0.2)).isEqualTo(3);
        assertThat(space.at(0.4)).isEqualTo(4);
        assertThat(space.at(0.9)).isEqualTo(4);
    }

    @Test
    void successorsHaveToCoverThePart() {
        assertThatThrownBy(() -> space.replace(1L, List.of(new StreamSegment(2, 0.5, 0.7)), StreamSegment::id))
                .isInstanceOf(ProtocolException.class);
    }
}
